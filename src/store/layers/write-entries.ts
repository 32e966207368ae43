/** Writes entries below a folder, each under its name: for layers that are not in folders yet. */
import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chunksOf } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import type { Entry } from '../../layer/layer.ts';
import { platformHasModes } from '../../layer/walk.ts';

/**
 * Files, folders and links; the others are given back. Nothing may be in the folder, so that nothing is written through a link: what is below
 * one of the links cannot be made.
 */
export async function writeEntries(
  entries: AsyncIterable<Entry>,
  folder: string,
  signal: AbortSignal,
): Promise<Entry[]> {
  const others: Entry[] = [];
  const modes: [path: string, mode: number][] = [];
  const links: [path: string, to: string][] = [];
  for await (const entry of entries) {
    throwIfCancelled(signal);
    const { meta, name } = entry;
    const path = join(folder, name);
    if (meta.type === 'hive' || meta.type === 'delete-entry') others.push(entry);
    else if (meta.type === 'link') links.push([path, meta.to]);
    else if (meta.type === 'directory') {
      mkdirSync(path, { recursive: true });
      if (meta.mode !== undefined) modes.push([path, meta.mode]);
    } else await writeFile(entry, path, meta.mode ?? 0o644);
  }
  // Behind everything that could go through them.
  for (const [path, to] of links) {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(to, path);
  }
  if (platformHasModes) for (const [path, mode] of modes.reverse()) chmodSync(path, mode);
  return others;
}

async function writeFile({ bytes }: Entry, path: string, mode: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'wx', 0o600);
  try {
    for await (const piece of bytes ? chunksOf(bytes) : []) {
      for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
    }
    if (platformHasModes) fchmodSync(file, mode);
  } finally {
    closeSync(file);
  }
}
