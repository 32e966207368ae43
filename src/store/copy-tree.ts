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
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { reservedNames } from '../layer/directory-layer.ts';
import { platformHasModes } from '../layer/walk.ts';

/** Up to this size, reading and writing is faster than the copying call. */
const smallSize = 64 << 10;
/** Above this size, other work gets its turn between pieces. */
const largeSize = 32 << 20;
const pieceSize = 8 << 20;
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
    // The first one may have been named by a link.
    modes.push([copy, statSync(source).mode & 0o7777]);
    for (const item of readdirSync(source, { withFileTypes: true })) {
      const [path, destination] = [join(source, item.name), join(copy, item.name)];
      if ((source === from && reservedNames.has(item.name)) || !wanted(path)) continue;
      if (item.isDirectory()) pending.push([path, destination]);
      else if (item.isFile()) {
        const stats = lstatSync(path);
        if (stats.size > largeSize) await copyLarge(path, destination, stats, signal);
        else copyFile(path, destination, stats);
      } else if (item.isSymbolicLink()) symlinkSync(readlinkSync(path), destination);
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

/** As copyFile; ends between two pieces when it is cancelled. */
async function copyLarge(
  from: string,
  to: string,
  { mode }: { readonly mode: number },
  signal: AbortSignal,
): Promise<void> {
  if (!cloned(from, to)) {
    const old = openSync(from, 'r');
    const file = openSync(to, 'wx', 0o600);
    try {
      const piece = Buffer.allocUnsafe(pieceSize);
      for (let got = readSync(old, piece); got > 0; got = readSync(old, piece)) {
        for (let done = 0; done < got;) done += writeSync(file, piece, done, got - done);
        await new Promise(setImmediate);
        throwIfCancelled(signal);
      }
    } finally {
      closeSync(old);
      closeSync(file);
    }
  }
  if (platformHasModes) chmodSync(to, mode & 0o7777);
}

/** Whether the file system could copy it by reference. */
function cloned(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    // What an attempt that failed may have begun.
    rmSync(to, { force: true });
    return false;
  }
}

/** Copies one file with its mode. */
export function copyFile(
  from: string,
  to: string,
  { size, mode }: { readonly size: number; readonly mode: number } = lstatSync(from),
): void {
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
