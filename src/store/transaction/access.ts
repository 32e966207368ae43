/** Permission bits: folders that do not let us in are opened while a transaction runs, and get their bits back at its end. */
import { chmodSync, closeSync, constants, fchmodSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.ts';
import { platformHasModes } from '../../layer/walk.ts';
import { statsAt } from '../stats.ts';
import type { Flusher } from './flush.ts';
import { isInside } from './inside.ts';
import type { Mode } from './record.ts';
import { linkAbove } from './shift.ts';

/** What renaming in a folder needs; a folder that is renamed itself needs it too, since `..` in it changes. */
const needed = 0o700;

/**
 * The folders among the paths that are closed to us, with their modes: those in `root` and `root` itself, parents first. What
 * `open` does to one comes before the next is looked at.
 */
export function closedFolders(
  paths: ReadonlySet<string>,
  root: string,
  open: (folder: string, mode: number) => void = () => undefined,
): Map<string, number> {
  const closed = new Map<string, number>();
  if (!platformHasModes) return closed;
  for (const folder of [...paths].sort((a, b) => a.length - b.length)) {
    if (folder !== root && !isInside(folder, root)) continue;
    const stats = statsAt(folder);
    if (stats?.isDirectory() !== true || (stats.mode & needed) === needed) continue;
    // It is not here, but where the link leads to.
    if (linkAbove(folder, root) !== null) continue;
    closed.set(folder, stats.mode & 0o7777);
    open(folder, stats.mode & 0o7777);
  }
  return closed;
}

/** The paths, and the folders that they are in. */
export function withFolders(paths: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const path of paths) all.add(dirname(path)).add(path);
  return all;
}

/** Lets us in, for as long as the transaction runs. */
export function openFolders(paths: Iterable<string>, root: string): void {
  closedFolders(withFolders(paths), root, (folder, mode) => chmodSync(folder, mode | needed));
}

/**
 * Sets modes, and flushes the paths along with it. What is gone, a link or behind one by now is passed over. A folder that
 * lets nobody in comes last, since what is in it could not be flushed any more.
 */
export async function setModes(
  modes: readonly Mode[],
  touched: Iterable<string>,
  { root, flusher }: { readonly root: string; readonly flusher: Flusher },
): Promise<void> {
  const behindLinks = new Map<string, boolean>();
  const isHere = ([path]: Mode): boolean => {
    const folder = dirname(path);
    const known = behindLinks.get(folder) ?? linkAbove(folder, root) !== null;
    behindLinks.set(folder, known);
    return !known;
  };
  const wanted = platformHasModes ? modes.filter(isHere).toSorted(([a], [b]) => b.length - a.length) : [];
  const isReadable = ([, mode]: Mode): boolean => (mode & 0o500) === 0o500;
  const [readable, closed] = [wanted.filter(isReadable), wanted.filter((one) => !isReadable(one))];
  for (const [path, mode] of readable) chmodNoFollow(path, mode);
  await flusher.paths(new Set([...touched, ...readable.map(([path]) => path)]));
  for (const one of closed) await chmodOpened(one, flusher);
}

async function chmodOpened([path, mode]: Mode, flusher: Flusher): Promise<void> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    chmodNoFollow(path, mode);
    return;
  }
  try {
    fchmodSync(file, mode);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  await flusher.file(file);
  await flusher.settled();
}

function chmodNoFollow(path: string, mode: number): void {
  try {
    const stats = statsAt(path);
    if (stats === null || stats.isSymbolicLink() || (stats.mode & 0o7777) === mode) return;
    chmodSync(path, mode);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

/** The permission bits of what is at a path, null where nothing is. */
export function modeAt(path: string): number | null {
  const stats = statsAt(path);
  return stats && stats.mode & 0o7777;
}
