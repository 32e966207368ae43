/** What is in a directory beside its content: a run, what a killed one has left, the last patch, a backup. Only looks. */
import { join, resolve } from 'node:path';
import { PatchError } from '../errors.ts';
import { workFolder } from '../layer/directory-layer.ts';
import { workOf } from './copy-target.ts';
import { type History, findUndo, readHistory } from './history.ts';
import { statsAt } from './stats.ts';
import { lockedBy } from './transaction/lock.ts';
import { type PatchFacts, type Transaction, findRecord } from './transaction/record.ts';

export interface Status {
  readonly directory: string;
  /**
   * `busy`: a run is at work. `unfinished`: a killed one has left something that is neither the base nor the target, or drafts
   * of a new folder that was decided. `leftovers`: it had not begun to change anything, or only its cleaning up is left.
   */
  readonly state: 'clean' | 'busy' | 'unfinished' | 'leftovers';
  /** The process that is at work. */
  readonly process: number | null;
  /** What `recover` would do, and the patch that is concerned. */
  readonly recovery: { readonly would: 'finish' | 'undo'; readonly patch: PatchFacts } | null;
  /** The patch that was applied last, where that is remembered. */
  readonly last: History['last'] | null;
  /** What `undo` would go back from and to, and how much disk that backup takes, in bytes. */
  readonly undo: (PatchFacts & { readonly size: number }) | null;
}

/** E_INPUT where nothing is; E_CONFLICT for a record that cannot be read. */
export function statusOf(path: string): Status {
  const directory = resolve(path);
  const works = [join(directory, workFolder), workOf(directory)].filter((work) => statsAt(work) !== null);
  const isThere = statsAt(directory)?.isDirectory() === true;
  if (!isThere && works.length === 0) {
    throw new PatchError('E_INPUT', `${path}: is not a directory`, { entry: path, help: 'give a directory' });
  }
  const owner = works.map((work) => lockedBy(work)).find((one) => one !== null) ?? null;
  const found = works.map((work) => findRecord(work)).find((one) => one && one.state !== 'done');
  const undo = isThere ? findUndo(directory) : null;
  return {
    directory,
    state: owner ? 'busy' : found ? 'unfinished' : works.length > 0 ? 'leftovers' : 'clean',
    process: owner?.process ?? null,
    recovery: found
      ? {
          would: found.state === 'take' || found.state === 'put' ? 'finish' : 'undo',
          patch: found.transaction.patch,
        }
      : null,
    last: isThere ? (readHistory(directory)?.last ?? null) : null,
    undo: undo && { ...undo.transaction.patch, size: sizeOf(undo.transaction) },
  };
}

function sizeOf({ takes }: Transaction): number {
  return takes.reduce((sum, { to }) => {
    const stats = statsAt(to);
    return sum + (stats?.isFile() === true ? stats.size : 0);
  }, 0);
}
