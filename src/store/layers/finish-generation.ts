/** What makes a folder with a layer's files a generation: its record, its inventory, and that all of it is on the disk. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { historyFolder } from '../../layer/directory-layer.ts';
import type { Flusher } from '../transaction/flush.ts';
import { writeFlushed } from './claim-store.ts';
import { type GenerationRecord, formatRecord } from './generation.ts';
import type { Taken } from './inventory.ts';
import { inventoryFile, recordFile } from './layout.ts';

export interface FinishOptions {
  /** The folder; not seen by anybody yet. */
  readonly tree: string;
  readonly inventory: Taken;
  readonly origin: Pick<GenerationRecord, 'previous' | 'made'>;
  /** Files in it that may not be on the disk yet. Those that have another name in an older generation are. */
  readonly fresh: Iterable<string>;
  readonly flusher: Flusher;
}

export async function finishGeneration({
  tree,
  inventory,
  origin,
  fresh,
  flusher,
}: FinishOptions): Promise<void> {
  mkdirSync(join(tree, historyFolder), { recursive: true });
  await writeFlushed(join(tree, inventoryFile), inventory.data, flusher);
  const { previous, made } = origin;
  await writeFlushed(join(tree, recordFile), formatRecord({ ...inventory.facts, previous, made }), flusher);
  await flusher.settled();
  await flusher.paths(fresh);
  await flusher.paths(foldersIn(tree));
}

/** The folder and all in it; folders that let nobody in have nothing that could be flushed. */
export function* foldersIn(folder: string): Generator<string> {
  yield folder;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    if (item.isDirectory()) yield* foldersIn(join(folder, item.name));
  }
}
