/** What every reader and writer of hives agrees on: names, types and data. */
import { expect } from 'chai';
import type { RegistryKey } from '../../../src/registry/hive.ts';
import { seenKey, type SeenKey } from '../regf-write/hivex.ts';

/** A tree without what only one side has: times, and the name of the root key. */
export interface Contents {
  readonly values: SeenKey['values'];
  readonly keys: Readonly<Record<string, Contents>>;
}

function contents(key: Pick<SeenKey, 'values' | 'keys'>): Contents {
  const keys = key.keys.map((child) => [child.name, contents(child)] as const);
  return { values: key.values, keys: Object.fromEntries(keys) };
}

/** Of a model. */
export function contentsOf(key: RegistryKey): Contents {
  return contents(seenKey(key));
}

/** Of what `readWithHivex` gives. */
export function contentsSeen(seen: unknown): Contents {
  return contents(seen as SeenKey);
}

export function expectContents(actual: Contents, expected: Contents, what: string): void {
  // The difference is worth its time only where there is one.
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual, what).to.deep.equal(expected);
}
