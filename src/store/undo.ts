/** Goes back to what was there before the last patch, from the backup that it kept. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PatchError, fromSystem } from '../errors.ts';
import { assertAsLeft } from './as-left.ts';
import { claimDirectory } from './claim-directory.ts';
import { findUndo } from './history.ts';
import { awaitUnused } from './in-use.ts';
import { recoverDirectory } from './recover-directory.ts';
import { statsAt } from './stats.ts';
import { type Claim, noteBeside } from './work-folder.ts';
import { assertBackedUp, pathsOutside } from './transaction/beside.ts';
import { createFlusher } from './transaction/flush.ts';
import { isInside } from './transaction/inside.ts';
import type { PatchFacts, Transaction } from './transaction/record.ts';
import { reverse, undoRecord } from './transaction/transaction.ts';

export interface UndoOptions {
  readonly durable?: boolean;
  readonly allowInUse?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Undoes the patch that was applied last, all of it or nothing, and gives what it was. E_INPUT where no backup was kept;
 * E_BASE_MISMATCH where something that the patch brought was changed since, with each difference; E_BUSY.
 */
export async function undoDirectory(path: string, options: UndoOptions = {}): Promise<PatchFacts> {
  const { durable = true, allowInUse = false, signal = new AbortController().signal } = options;
  const directory = resolve(path);
  const flusher = createFlusher(durable);
  let claim: Claim | null = null;
  try {
    await recoverDirectory(directory, { durable });
    // Looked at without a claim first, so that a refusal leaves no trace.
    const kept = backupOf(directory);
    assertBackedUp(kept.transaction, directory, kept.folder);
    await assertAsLeft(kept.transaction, directory, signal);
    claim = await claimDirectory(directory, flusher);
    const { transaction, folder } = backupOf(directory);
    await assertAsLeft(transaction, directory, signal);
    const paths = transaction.puts.map((put) => put.path);
    if (!allowInUse) await awaitUnused(paths, signal);
    assertBackedUp(transaction, directory, folder);
    const outside = pathsOutside(transaction, directory);
    if (outside.length > 0) await noteBeside(claim.work, outside, flusher);
    const drafts = makeRoom(transaction, claim.work, directory);
    await flusher.paths([...drafts, claim.work, directory]);
    await reverse(claim.work, join(folder, undoRecord), transaction, { root: directory, flusher });
    return transaction.patch;
  } catch (error) {
    throw fromSystem(error, 'write', directory);
  } finally {
    await claim?.release();
  }
}

function backupOf(directory: string): NonNullable<ReturnType<typeof findUndo>> {
  if (statsAt(directory)?.isDirectory() !== true) {
    throw new PatchError('E_INPUT', `${directory}: is not a directory`, {
      entry: directory,
      help: 'give a directory',
    });
  }
  const undo = findUndo(directory);
  if (undo) return undo;
  throw new PatchError('E_INPUT', `${directory}: has no backup to go back to`, {
    entry: directory,
    help: 'a backup is kept when a patch is applied with --backup keep, until the next one is applied',
  });
}

/** New contents go back to where their drafts were; gives those folders. */
function makeRoom({ puts }: Transaction, work: string, directory: string): Set<string> {
  const folders = new Set([join(work, 'draft')]);
  for (const { from } of puts) {
    if (from === null) continue;
    folders.add(dirname(from));
    if (!isInside(from, directory)) rmSync(from, { force: true });
  }
  for (const folder of folders) {
    if (isInside(folder, directory)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return folders;
}
