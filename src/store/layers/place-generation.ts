/** Where a generation that was built comes to, as part of a transaction. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { platformHasModes } from '../../layer/walk.ts';
import { flushTree } from '../flush-tree.ts';
import type { Part } from '../plan-files.ts';
import { statsAt } from '../stats.ts';
import type { Flusher } from '../transaction/flush.ts';
import type { Mode } from '../transaction/record.ts';
import { writableName } from '../writable.ts';
import { writeFlushed } from './claim-store.ts';
import { generationFolder, layerFolder, pointerFile } from './layout.ts';
import { formatPointer } from './pointer.ts';

/** `base`: the generation whose folder has the mode that the new one gets. */
export function generationPart(tree: string, folder: string, generation: number, base: string): Part {
  const path = generationFolder(folder, generation);
  const modes: Mode[] = platformHasModes ? [[path, statSync(base).mode & 0o7777]] : [];
  return { takes: [], puts: [{ path, from: tree }], modes, restore: [] };
}

export interface NewLayer {
  /** The layer's folder while it is built. */
  readonly tree: string;
  /** The folder of its first generation in there. */
  readonly generation: string;
}

/** Makes the folders of a layer that is not there yet. */
export function beginLayer(tree: string): NewLayer {
  const generation = generationFolder(tree, 1);
  mkdirSync(dirname(generation), { recursive: true });
  return { tree, generation };
}

export interface FinishLayerOptions {
  readonly store: string;
  readonly number: number;
  /** The mode of the generation's folder. */
  readonly mode: number;
  readonly flusher: Flusher;
}

/** Adds what a layer has besides its generation, and flushes what users wrote; what comes back puts it into the store. */
export async function finishLayer(
  { tree, generation }: NewLayer,
  options: FinishLayerOptions,
): Promise<Part> {
  const { store, number, mode, flusher } = options;
  const writable = join(tree, writableName);
  if (statsAt(writable)) await flushTree(writable, flusher);
  await writeFlushed(pointerFile(tree), formatPointer(1), flusher);
  await flusher.settled();
  if (platformHasModes) chmodSync(generation, mode);
  await flusher.paths([tree, dirname(generation), generation]);
  return { takes: [], puts: [{ path: layerFolder(store, number), from: tree }], modes: [], restore: [] };
}
