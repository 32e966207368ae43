/** Flushes everything in a new folder, before it is shown. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Flusher } from './transaction/flush.ts';

/** Files and folders; links have nothing of their own. */
export async function flushTree(folder: string, flusher: Flusher): Promise<void> {
  await flusher.paths(pathsOf(folder));
}

function* pathsOf(folder: string): Generator<string> {
  yield folder;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* pathsOf(path);
    else if (item.isFile()) yield path;
  }
}
