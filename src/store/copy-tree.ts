/** Copies folders: contents, modes and links; by reference where the file system can. */
import {
  type Stats,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  linkSync,
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

type PlaceFile = (from: string, to: string, stats: Stats, signal: AbortSignal) => Promise<void>;

/** How files come to another place. */
export interface Placing {
  /** A file that is going to be the same there: content and mode. */
  readonly same: PlaceFile;
  /** A file of its own, which may be given another mode. */
  readonly own: PlaceFile;
  /** Whether devices, sockets and pipes are passed over; an error if left out. */
  readonly leavesOthers?: boolean;
}

/** Every file is copied. */
export const copying: Placing = { same: copyOne, own: copyOne };

/**
 * What stays the same gets a second name (a hard link), and a copy where there can be none; so nothing may ever write into either. Tells
 * the paths of files that were copied.
 */
export function linking(onCopied: (path: string) => void): Placing {
  const own: PlaceFile = async (from, to, stats, signal) => {
    await copyOne(from, to, stats, signal);
    onCopied(to);
  };
  return {
    own,
    async same(from, to, stats, signal) {
      try {
        linkSync(from, to);
      } catch {
        await own(from, to, stats, signal);
      }
    },
  };
}

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
  { same, leavesOthers = false }: Placing = copying,
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
        await same(path, destination, lstatSync(path), signal);
      } else if (item.isSymbolicLink()) symlinkSync(readlinkSync(path), destination);
      else if (!leavesOthers)
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

async function copyOne(from: string, to: string, stats: Stats, signal: AbortSignal): Promise<void> {
  if (stats.size > largeSize) await copyLarge(from, to, stats, signal);
  else copyFile(from, to, stats);
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
function copyFile(from: string, to: string, { size, mode }: Stats): void {
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
