/** A claim on a directory that is changed in place: its work folder, and the backups of earlier transactions in it. */
import { join } from 'node:path';
import { workFolder } from '../layer/directory-layer.ts';
import { discardUndos } from './history.ts';
import type { Flusher } from './transaction/flush.ts';
import { type Claim, claim } from './work-folder.ts';

/** Errors as of `claim`. */
export async function claimDirectory(directory: string, flusher: Flusher, force = false): Promise<Claim> {
  const cleanUp = async (): Promise<void> => discardUndos(directory, flusher);
  return claim(join(directory, workFolder), flusher, { force, cleanUp });
}
