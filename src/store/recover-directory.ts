/** Brings to an end what a killed run has left in a directory, or beside it while it was to be a new one. */
import { join, resolve } from 'node:path';
import { workFolder } from '../layer/directory-layer.ts';
import { claimDirectory } from './claim-directory.ts';
import { workOf } from './copy-target.ts';
import { statsAt } from './stats.ts';
import type { Flusher } from './transaction/flush.ts';
import type { Outcome } from './transaction/transaction.ts';
import { recover } from './work-folder.ts';

/**
 * What became of it; null where there was nothing. E_BUSY while another run is at work (`force`: but one on a machine or in a
 * container that cannot be seen from here), E_CONFLICT where it can be neither finished nor undone.
 */
export async function recoverDirectory(
  path: string,
  flusher: Flusher,
  force = false,
): Promise<Outcome | null> {
  const directory = resolve(path);
  const beside = await recover(workOf(directory), flusher, force);
  if (statsAt(join(directory, workFolder)) === null) return beside;
  const claimed = await claimDirectory(directory, flusher, force);
  claimed.release();
  return claimed.recovered ?? beside;
}
