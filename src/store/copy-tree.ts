/** Copies folders: contents, modes and links; by reference where the file system can. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { reservedNames } from '../layer/directory-layer.ts';
import { platformHasModes } from '../layer/walk.ts';

/** Up to this size, reading and writing is faster than the copying call. */
const smallSize = 64 << 10;
/** After so many milliseconds other work gets its turn. */
const turn = 20;

/**
 * Copies what is below `from` to the new folder `to`, where `wanted` gives true for its path. What comes back gives the
 * folders their modes, but those that are gone: to be called when nothing more comes into them, since they may be read-only. E_INPUT for devices,
 * sockets and pipes; errors of the system.
 */
export async function copyTree(
  from: string,
  to: string,
  wanted: (path: string) => boolean,
  signal: AbortSignal,
): Promise<(gone: ReadonlySet<string>) => void> {
  const modes: [path: string, mode: number][] = [];
  const pending: [from: string, to: string][] = [[from, to]];
  let started = performance.now();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [source, copy] = next;
    mkdirSync(copy, { recursive: true, mode: 0o700 });
    modes.push([copy, lstatSync(source).mode & 0o7777]);
    for (const item of readdirSync(source, { withFileTypes: true })) {
      const [path, destination] = [join(source, item.name), join(copy, item.name)];
      if ((source === from && reservedNames.has(item.name)) || !wanted(path)) continue;
      if (item.isDirectory()) pending.push([path, destination]);
      else if (item.isFile()) copyFile(path, destination);
      else if (item.isSymbolicLink()) symlinkSync(readlinkSync(path), destination);
      else
        throw new PatchError('E_INPUT', `${path}: is a device, socket or pipe, which cannot be copied`, {
          entry: path,
        });
      throwIfCancelled(signal);
      if (performance.now() - started < turn) continue;
      await new Promise(setImmediate);
      started = performance.now();
    }
  }
  return (gone) => {
    if (!platformHasModes) return;
    for (const [path, mode] of modes.reverse()) if (!gone.has(path)) chmodSync(path, mode);
  };
}

/** Copies one file with its mode. */
export function copyFile(from: string, to: string): void {
  const { size, mode } = lstatSync(from);
  if (size > smallSize) {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } else {
    const file = openSync(to, 'wx', 0o600);
    try {
      const data = readFileSync(from);
      for (let done = 0; done < data.length;) done += writeSync(file, data, done);
    } finally {
      closeSync(file);
    }
  }
  if (platformHasModes) chmodSync(to, mode & 0o7777);
}
