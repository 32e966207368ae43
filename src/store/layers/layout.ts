/** Where everything is in a store: numbered layers, each with numbered generations (docs/adr/0014). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromSystem, systemCode } from '../../errors.ts';
import { historyFolder, workFolder } from '../../layer/directory-layer.ts';

/** Says that a folder is a store. */
export const storeFile = 'store.json';

/** The lock, the record and the drafts of whatever changes a store. */
export function workOf(store: string): string {
  return join(store, workFolder);
}

export function layerFolder(store: string, layer: number): string {
  return join(store, String(layer));
}

/** The file that says which generation of a layer counts. */
export function pointerFile(folder: string): string {
  return join(folder, 'current.json');
}

/** A layer directory. */
export function generationFolder(folder: string, generation: number): string {
  return join(folder, 'generations', String(generation));
}

/** What a generation is, and the lines that its state digest is of. */
export const recordFile = join(historyFolder, 'generation.json');
export const inventoryFile = join(historyFolder, 'inventory');

/** Layers of a store, lowest number first. */
export function layerNumbers(store: string): number[] {
  return numbersIn(store);
}

/** Generations of a layer, oldest first. */
export function generationNumbers(folder: string): number[] {
  return numbersIn(join(folder, 'generations'));
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^[1-9]\d{0,8}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw fromSystem(error, 'read', folder);
  }
}
