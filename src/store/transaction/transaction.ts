/**
 * All of a transaction, or none of it. The record in the work folder decides: as soon as it has its name, whoever comes
 * brings the transaction to its end; an error on the way turns it around. Both ends are exact.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PatchError, fromSystem } from '../../errors.ts';
import { assertNoted } from './beside.ts';
import type { Flusher } from './flush.ts';
import { type Running, putAll, takeAll, unputAll, untakeAll } from './phases.ts';
import {
  type FoundRecord,
  type State,
  type Transaction,
  changeState,
  findRecord,
  recordPath,
  writeRecord,
} from './record.ts';

/** Where a transaction ended: at the target, or at the base. */
export type Outcome = 'finished' | 'undone';

/** The record of a transaction that can be undone, in the folder of its backups. */
export const undoRecord = 'record.json';

/**
 * Executes a transaction whose drafts are on the disk. After any error, an abort included, it is undone and the error is
 * thrown; where that is not possible either, E_CONFLICT says where the old content is.
 */
export async function execute(work: string, transaction: Transaction, running: Running): Promise<void> {
  const first: State = transaction.takes.length === 0 ? 'put' : 'take';
  try {
    await writeRecord(work, first, transaction, running.flusher);
  } catch (error) {
    rmSync(recordPath(work, first), { force: true });
    throw fromSystem(error, 'write', running.root);
  }
  const { outcome, error } = await drive(work, { state: first, transaction }, { ...running, fresh: true });
  if (outcome === 'undone') throw fromSystem(error, 'write', running.root);
}

/**
 * Takes a finished transaction back, whose record was kept at `kept`. After any error it is as it was before, and the error
 * is thrown.
 */
export async function reverse(
  work: string,
  kept: string,
  transaction: Transaction,
  running: Running,
): Promise<void> {
  const record = recordPath(work, 'unput');
  try {
    renameSync(kept, record);
    await running.flusher.paths([work, dirname(kept)]);
  } catch (error) {
    if (existsSync(record)) renameSync(record, kept);
    throw fromSystem(error, 'write', running.root);
  }
  const { outcome, error } = await drive(work, { state: 'unput', transaction }, running);
  if (outcome === 'finished') throw fromSystem(error, 'write', running.root);
}

/** Brings what an interrupted run left to its end. Null where there is nothing. E_CONFLICT where that cannot be done. */
export async function resume(work: string, flusher: Flusher): Promise<Outcome | null> {
  const found = findRecord(work);
  if (found === null) return null;
  // At which end a transaction is that is done, nobody has to know any more.
  if (found.state === 'done') return null;
  const root = dirname(work);
  assertNoted(found.transaction, root, work);
  return (await drive(work, found, { root, flusher })).outcome;
}

/** Whether a transaction of the work folder is at neither of its ends. */
export function isUnfinished(work: string): boolean {
  return (['take', 'put', 'unput', 'untake'] as const).some((state) => existsSync(recordPath(work, state)));
}

interface Driven {
  readonly outcome: Outcome;
  /** Why it did not go where it was to go. */
  readonly error?: unknown;
}

const turned = { take: 'untake', put: 'unput', unput: 'put', untake: 'take' } as const;

async function drive(work: string, { state, transaction }: FoundRecord, running: Running): Promise<Driven> {
  try {
    return { outcome: await advance(work, state, transaction, running) };
  } catch (error) {
    try {
      // No cancellation on the way back.
      const back = { ...running, signal: undefined, fresh: false };
      const now = stateNow(work);
      await changeState(work, now, turned[now], running.flusher);
      return { outcome: await advance(work, turned[now], transaction, back), error };
    } catch (second) {
      throw new PatchError('E_CONFLICT', 'the commit failed and could not be undone', {
        help: `what was there before is in ${join(transaction.keep ?? work, 'backup')}; see the cause, mend it, and run it again`,
        details: [error, second].map((one) => (one instanceof Error ? one.message : String(one))),
        cause: second,
      });
    }
  }
}

/** A state that did not change although the rename was reported to have failed, or the other way round, is as the disk says. */
function stateNow(work: string): keyof typeof turned {
  const states = ['take', 'put', 'unput', 'untake'] as const;
  const now = states.find((state) => existsSync(recordPath(work, state)));
  if (now === undefined) throw new PatchError('E_CONFLICT', `${work}: the record of the transaction is gone`);
  return now;
}

async function advance(
  work: string,
  from: State,
  transaction: Transaction,
  running: Running,
): Promise<Outcome> {
  const { flusher } = running;
  switch (from) {
    case 'take':
      await takeAll(transaction, running);
      await changeState(work, 'take', 'put', flusher);
      return advance(work, 'put', transaction, running);
    case 'put':
      await putAll(transaction, running);
      finish(work, 'put', transaction.keep);
      return 'finished';
    case 'unput':
      await unputAll(transaction, running);
      await changeState(work, 'unput', 'untake', flusher);
      return advance(work, 'untake', transaction, running);
    default:
      await untakeAll(transaction, running);
      finish(work, 'untake', null);
      return 'undone';
  }
}

/** Not flushed: where the disk has lost it, the last phase is gone through again, and finds nothing to do. */
function finish(work: string, state: State, keep: string | null): void {
  const end = keep === null ? recordPath(work, 'done') : join(keep, undoRecord);
  renameSync(recordPath(work, state), end);
}
