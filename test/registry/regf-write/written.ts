/** What a hive says after it was written with the default options: nothing is left open. */
import { expect } from 'chai';
import type { RegistryKey } from '../../../src/registry/hive.ts';
import { sortedNames } from '../../../src/registry/key.ts';
import { defaultSecurity } from '../../../src/registry/regf-write/default-security.ts';

export interface PlainKey {
  readonly name: string;
  readonly kind: string;
  readonly lastWrite: string;
  readonly className: string;
  readonly security: string;
  readonly link: boolean;
  readonly values: readonly string[];
  readonly keys: readonly PlainKey[];
}

/** Sorted, and with what the writer adds. A key below an opaque one (`opaque`) is written as opaque itself. */
export function plainKey(key: RegistryKey, opaque = false): PlainKey {
  const kind = opaque && key.kind === 'key' ? 'opaque' : key.kind;
  return {
    name: key.name,
    kind,
    lastWrite: (key.lastWrite ?? 0n).toString(),
    className: key.attributes?.className ?? '',
    security: Buffer.from(key.attributes?.security ?? defaultSecurity).toString('hex'),
    link: key.attributes?.link ?? false,
    values: sortedNames(key.values).map((folded) => {
      const value = key.values.get(folded)!;
      return JSON.stringify([value.name, value.type, Buffer.from(value.data).toString('hex')]);
    }),
    keys: sortedNames(key.keys).map((folded) => plainKey(key.keys.get(folded)!, kind === 'opaque')),
  };
}

export function expectWritten(actual: RegistryKey, expected: RegistryKey): void {
  const [a, b] = [plainKey(actual), plainKey(expected)];
  // The difference is worth its time only where there is one.
  if (JSON.stringify(a) !== JSON.stringify(b)) expect(a).to.deep.equal(b);
}
