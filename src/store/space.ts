/** What applying a patch costs: known before the first write. */
import { statSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { PatchError } from '../errors.ts';
import { copyEncoding } from '../patch/change.ts';
import type { Change } from '../patch/change.ts';

/** In bytes. */
export interface Cost {
  /** What is read of the base: what is compared, and what deltas refer to. */
  readonly reads: number;
  readonly writes: number;
  /** The most that is on the disk in addition while the patch is applied: old content goes only when new content is in place. */
  readonly extra: number;
}

const blockSize = 4096;

/** Of changes in place. Registry files are written whole, and count as their text. */
export function costOf(changes: readonly Change[]): Cost {
  let [reads, writes, extra] = [0, 0, 0];
  for (const { kind, before, after, reference, encoding } of changes) {
    if (before && 'size' in before) reads += before.size;
    if (reference) reads += reference.size;
    if (kind === 'move' || !after || !('size' in after) || (encoding[0] === copyEncoding && !reference))
      continue;
    writes += after.size;
    extra += Math.ceil(after.size / blockSize) * blockSize;
  }
  return { reads, writes, extra };
}

/**
 * Refuses (E_SPACE) what the file system of a folder cannot take; where it does not tell, nothing is refused. `temporary` is what waits in
 * temporary files beside that, which may be on the same file system.
 */
export function assertSpace(folder: string, needed: number, temporary = 0): void {
  assertFits(folder, isSameDisk(folder, tmpdir()) ? needed + temporary : needed);
}

/** The same for the folder of temporary files alone. */
export function assertTemporarySpace(needed: number): void {
  if (needed > 0) assertFits(tmpdir(), needed);
}

function assertFits(folder: string, needed: number): void {
  const free = freeSpace(folder);
  if (free === null || needed <= free) return;
  throw new PatchError(
    'E_SPACE',
    `${folder}: no space left on the device: ${needed} bytes are needed, ${free} are free`,
    {
      entry: folder,
      help:
        folder === tmpdir()
          ? 'free some space, or name another folder for temporary files (TMPDIR), and run it again'
          : 'free some space and run it again',
    },
  );
}

function isSameDisk(one: string, other: string): boolean {
  try {
    return statSync(one).dev === statSync(other).dev;
  } catch {
    return false;
  }
}

/** In bytes; null where the file system does not tell. */
export function freeSpace(folder: string): number | null {
  try {
    const { bavail, bfree, blocks, bsize } = statfsSync(folder);
    if (blocks === 0) return null;
    return bsize * (process.geteuid?.() === 0 ? bfree : bavail);
  } catch {
    return null;
  }
}
