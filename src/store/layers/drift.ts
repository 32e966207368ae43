/** What of a generation is not what it was made as: somebody has changed it from outside. */
import { openDirectory } from '../../layer/directory-layer.ts';
import { sameContent } from '../../layer/inventory.ts';
import type { Entry, ReadOptions } from '../../layer/layer.ts';
import type { EntryName } from '../../layer/name.ts';
import type { Generation } from './generation.ts';
import { readInventory } from './inventory.ts';

export interface Drift {
  readonly name: EntryName;
  readonly what: 'changed' | 'missing' | 'extra';
}

/** Reads the whole generation. */
export async function driftOf(generation: Generation, options: ReadOptions = {}): Promise<Drift[]> {
  const watch = watchDrift(generation);
  for await (const entry of openDirectory(generation.directory).readOnly.entries(options)) watch.see(entry);
  return watch.end();
}

export interface DriftWatch {
  /** An entry as it is. */
  see(entry: Pick<Entry, 'name' | 'meta'>): void;
  /** After the last one. */
  end(): Drift[];
}

/** For whoever reads the whole generation anyway. */
export function watchDrift(generation: Generation): DriftWatch {
  const left = new Map(readInventory(generation));
  const found: Drift[] = [];
  return {
    see({ name, meta }) {
      const expected = left.get(name);
      left.delete(name);
      if (expected === undefined) found.push({ name, what: 'extra' });
      else if (!sameContent(expected, meta)) found.push({ name, what: 'changed' });
    },
    end: () => [...found, ...[...left.keys()].map((name): Drift => ({ name, what: 'missing' }))],
  };
}
