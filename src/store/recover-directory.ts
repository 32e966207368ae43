/** Brings to an end what a killed run has left in a directory, or beside it while it was to be a new one. */
import { join, resolve } from 'node:path';
import { fromSystem } from '../errors.ts';
import { workFolder } from '../layer/directory-layer.ts';
import { claimDirectory } from './claim-directory.ts';
import { workOf } from './copy-target.ts';
import { hasDiscarded } from './history.ts';
import { statsAt } from './stats.ts';
import { createFlusher } from './transaction/flush.ts';
import type { Outcome } from './transaction/transaction.ts';
import { recover } from './work-folder.ts';

export interface RecoverOptions {
  readonly durable?: boolean;
  /** Also if the run was on a machine or in a container that cannot be seen from here. */
  readonly force?: boolean;
}

/**
 * What became of it; null where there was nothing. E_BUSY while another run is at work, E_CONFLICT where it can be neither
 * finished nor undone.
 */
export async function recoverDirectory(
  path: string,
  { durable = true, force = false }: RecoverOptions = {},
): Promise<Outcome | null> {
  const flusher = createFlusher(durable);
  const directory = resolve(path);
  try {
    const beside = await recover(workOf(directory), flusher, force);
    if (statsAt(join(directory, workFolder)) === null && !hasDiscarded(directory)) return beside;
    const claimed = await claimDirectory(directory, flusher, force);
    await claimed.release();
    return claimed.recovered ?? beside;
  } catch (error) {
    throw fromSystem(error, 'write', directory);
  }
}
