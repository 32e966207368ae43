/** A claim on a directory that is changed in place: its work folder, and the backups of earlier transactions in it. */
import { join } from 'node:path';
import { workFolder } from '../layer/directory-layer.ts';
import { discardUndos } from './history.ts';
import type { Flusher } from './transaction/flush.ts';
import { isUnfinished } from './transaction/transaction.ts';
import { type Claim, claim } from './work-folder.ts';

/** Errors as of `claim`. */
export async function claimDirectory(directory: string, flusher: Flusher, force = false): Promise<Claim> {
  const claimed = await claim(join(directory, workFolder), flusher, force);
  const { work, recovered } = claimed;
  try {
    await discardUndos(directory, flusher);
  } catch (error) {
    await claimed.release();
    throw error;
  }
  let released = false;
  return {
    work,
    recovered,
    async release() {
      if (released) return;
      released = true;
      try {
        if (!isUnfinished(work)) await discardUndos(directory, flusher);
      } catch {
        // The target is right; the next run cleans up.
      }
      await claimed.release();
    },
  };
}
