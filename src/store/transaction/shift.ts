/** Renames that can be done again: what is at one of two paths comes to the other. */
import { linkSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchError, fromSystem, systemCode } from '../../errors.ts';
import { statsAt } from '../stats.ts';
import { isInside } from './inside.ts';

/** `moved`: it is at `to` now, whether it was before or not; `lost`: it is at neither; `blocked`: at both, as two things. */
export type Shifted = 'moved' | 'lost' | 'blocked';

export async function shift(from: string, to: string): Promise<Shifted> {
  if (!has(from)) return has(to) ? 'moved' : 'lost';
  if (!has(to)) await renameBusy(from, to);
  else if (isSame(from, to)) unlinkSync(from);
  else return 'blocked';
  return 'moved';
}

/** The same with what is at `to`, if anything, until that very moment. */
export async function shiftOver(from: string, to: string): Promise<Shifted> {
  if (!has(from)) return has(to) ? 'moved' : 'lost';
  // Of two names of one file, a rename leaves both.
  if (has(to) && isSame(from, to)) unlinkSync(from);
  else await renameBusy(from, to);
  return 'moved';
}

/** What is at `from` stays there and is at `to` as well; where there are no second names, it comes to `to`. */
export async function shiftBehind(from: string, to: string): Promise<Shifted> {
  if (has(to)) return 'moved';
  try {
    linkSync(from, to);
    return 'moved';
  } catch {
    return shift(from, to);
  }
}

export function has(path: string): boolean {
  return statsAt(path) !== null;
}

/** A disk that lost half of a rename has the file under both names. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => lstatSync(path, { bigint: true }));
  return a !== undefined && b !== undefined && !a.isDirectory() && a.ino === b.ino && a.dev === b.dev;
}

/** What the system says of a file that a program has open. Windows says it in the same way as for missing rights. */
const busyCodes = new Set(process.platform === 'win32' ? ['EBUSY', 'EPERM', 'EACCES'] : ['EBUSY', 'ETXTBSY']);
/** In milliseconds; about three seconds together. */
const waits = [20, 40, 80, 160, 320, 500, 500, 500, 500];

/** Where nothing is at `to`. Waits a little for programs that have the file open; then E_BUSY. */
export async function renameBusy(from: string, to: string): Promise<void> {
  for (const wait of [...waits, null]) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (!busyCodes.has(systemCode(error) ?? '')) throw error;
      if (wait === null) {
        throw process.platform === 'win32'
          ? new PatchError('E_BUSY', `${from}: is in use, or may not be moved`, {
              entry: from,
              help: 'close the programs that use it and run it again',
              cause: error,
            })
          : fromSystem(error, 'write', from);
      }
      await sleep(wait);
    }
  }
}

/** A folder on the way that is a link would lead out of the target, whoever made it (E_CONFLICT). */
export function assertNoLink(folder: string, root: string): void {
  const at = linkAbove(folder, root);
  if (at === null) return;
  throw new PatchError('E_CONFLICT', `${at}: is a link, and the patch would write through it`, {
    entry: at,
    help: 'replace the link by a folder',
  });
}

/** The folder itself, or one above it in `root`, that is a link; null where there is none. */
export function linkAbove(folder: string, root: string): string | null {
  for (let at = folder; isInside(at, root); at = dirname(at)) {
    if (statsAt(at)?.isSymbolicLink() === true) return at;
  }
  return null;
}
