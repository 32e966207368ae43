/** Which generations have the very same files: what has written into one, has written into all. */
import type { EntryName } from '../../layer/name.ts';
import { pathIn } from '../place.ts';
import { statsAt } from '../stats.ts';
import { wholeOrNull } from './damaged.ts';
import { type Generation, readGeneration } from './generation.ts';
import { readInventory } from './inventory.ts';
import { type StoredLayer, readCatalogue } from './stored-layer.ts';

export interface Sharing {
  readonly layer: StoredLayer;
  readonly generation: number;
  readonly names: readonly EntryName[];
}

/** Of these files of the current generation of a layer: every other generation in the store that has one of them, under whatever name. */
export function sharing(store: string, { current }: StoredLayer, names: readonly EntryName[]): Sharing[] {
  const files = new Set(names.flatMap((name) => fileAt(current, name) ?? []));
  if (files.size === 0) return [];
  const found: Sharing[] = [];
  for (const layer of readCatalogue(store).layers) {
    for (const number of layer.generations) {
      const generation = wholeOrNull(() => readGeneration(layer.folder, number));
      const inventory = generation && wholeOrNull(() => readInventory(generation));
      // Nobody knows what a damaged one has.
      if (!inventory) continue;
      if (generation.directory === current.directory) continue;
      const same = [...inventory].flatMap(([name, { type }]) => {
        const file = type === 'file' ? fileAt(generation, name) : null;
        return file !== null && files.has(file) ? [name] : [];
      });
      if (same.length > 0) found.push({ layer, generation: number, names: same });
    }
  }
  return found;
}

/** Which file that is; null where it is none, or has no other name. */
function fileAt(generation: Generation, name: EntryName): string | null {
  const stats = statsAt(pathIn(generation, name));
  return stats?.isFile() === true && stats.nlink > 1 ? `${stats.dev} ${stats.ino}` : null;
}
