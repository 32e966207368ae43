/** A layer of a store, read from its folder. */
import { type PatchError, isPatchError } from '../../errors.ts';
import type { Identity } from '../../layer/layer.ts';
import { statsAt } from '../stats.ts';
import { usersOf } from '../writable.ts';
import { type Generation, readGeneration } from './generation.ts';
import { generationNumbers, layerFolder, layerNumbers } from './layout.ts';
import { readPointer } from './pointer.ts';

export interface StoredLayer {
  readonly number: number;
  readonly folder: string;
  readonly identity: Identity;
  readonly current: Generation;
  /** All that are there, oldest first. */
  readonly generations: readonly number[];
  /** Whose writable sublayers are beside them. */
  readonly users: readonly string[];
}

export interface Catalogue {
  readonly layers: readonly StoredLayer[];
  /** Layers that cannot be read, and why. */
  readonly damaged: readonly { readonly number: number; readonly error: PatchError }[];
}

/** All layers of a store, by number; none where nothing is. A few small files are read of each. */
export function readCatalogue(store: string): Catalogue {
  const layers: StoredLayer[] = [];
  const broken: { number: number; error: PatchError }[] = [];
  for (const number of layerNumbers(store)) {
    try {
      layers.push(readLayer(store, number));
    } catch (error) {
      if (!isPatchError(error)) throw error;
      // Deleted since the folder was listed.
      if (statsAt(layerFolder(store, number))) broken.push({ number, error });
    }
  }
  return { layers, damaged: broken };
}

/** How often another generation may take the place of the one that is looked at, before that is no accident. */
const attempts = 5;

/** E_CONFLICT where it is missing or damaged. */
export function readLayer(store: string, number: number): StoredLayer {
  const folder = layerFolder(store, number);
  for (let attempt = 1; ; attempt++) {
    const pointer = readPointer(folder);
    try {
      const current = readGeneration(folder, pointer);
      const { id, name, version } = current.description;
      const users = usersOf(folder);
      return {
        ...{ number, folder, current, users, identity: { id, name, version } },
        generations: generationNumbers(folder),
      };
    } catch (error) {
      // Nobody who reads has a lock: the generation may have gone meanwhile.
      if (attempt === attempts || readPointer(folder) === pointer) throw error;
    }
  }
}

/** `layer 3 (Notes 1.0.0)`, for messages. */
export function titleOf({ identity: { id, name, version }, number }: StoredLayer): string {
  return `layer ${number} (${[name === '' ? id : name, version].filter((part) => part !== '').join(' ')})`;
}
