/** The folder where a transaction keeps its drafts and backups: claimed by one run, brought to an end if a killed one left it. */
import { closeSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PatchError, fromSystem } from '../errors.ts';
import { historyFolder } from '../layer/directory-layer.ts';
import { emptyFolder } from './remove-tree.ts';
import { statsAt } from './stats.ts';
import { besideNames, leftBeside } from './transaction/beside.ts';
import type { Flusher } from './transaction/flush.ts';
import { acquireLock, lockName, lockedBy } from './transaction/lock.ts';
import { findRecord } from './transaction/record.ts';
import { type Outcome, isUnfinished, resume } from './transaction/transaction.ts';

export interface Claim {
  readonly work: string;
  /** What became of what a killed run had left; null where there was nothing. */
  readonly recovered: Outcome | null;
  /** Removes what is in the folder, unless an unfinished transaction needs it, and gives the claim back. */
  release(): Promise<void>;
}

/** Names of files outside of the target, for whoever cleans up beside them behind a killed run that had no record yet. */
const besideFile = 'beside.json';

export interface ClaimOptions {
  /** Also if another run, that cannot be seen from here, has it. */
  readonly force?: boolean;
  /** Removes what is elsewhere and no longer needed; called where no transaction is unfinished, at the beginning and at the end. */
  readonly cleanUp?: () => Promise<void>;
}

/**
 * Claims the folder for this run, and brings to an end what a killed one has left in it. E_BUSY while another one is at
 * work; E_CONFLICT where what is left cannot be brought to an end.
 */
export async function claim(
  work: string,
  flusher: Flusher,
  { force = false, cleanUp = async () => undefined }: ClaimOptions = {},
): Promise<Claim> {
  assertOurs(work);
  const lock = acquireLock(work, force);
  const settle = async (): Promise<void> => {
    await sweep(work, flusher);
    await cleanUp();
  };
  try {
    const recovered = await resume(work, flusher);
    await settle();
    let released = false;
    return {
      work,
      recovered,
      async release() {
        // Afterwards the folder may be somebody else's.
        if (released) return;
        released = true;
        try {
          if (!isUnfinished(work)) await settle();
        } catch {
          // The target is right; the next run cleans up.
        }
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw fromSystem(error, 'write', work);
  }
}

/** Brings to an end what a killed run left, where there is anything; null otherwise. Errors as of `claim`. */
export async function recover(work: string, flusher: Flusher, force = false): Promise<Outcome | null> {
  if (statsAt(work) === null) return null;
  const claimed = await claim(work, flusher, { force });
  await claimed.release();
  return claimed.recovered;
}

/** Refuses to read while what a killed run left is neither the base nor the target (E_CONFLICT), or another one is at work (E_BUSY). */
export function assertSettled(work: string): void {
  const owner = lockedBy(work);
  if (owner !== null) {
    throw new PatchError(
      'E_BUSY',
      `${work}: another run (process ${owner.process}) is changing this target`,
      {
        entry: work,
        help: 'wait until it has finished and run it again',
      },
    );
  }
  if (!isUnfinished(work)) return;
  throw new PatchError('E_CONFLICT', `${dirname(work)}: an interrupted run is neither finished nor undone`, {
    entry: dirname(work),
    help: 'vpa recover brings it to its end',
  });
}

/** Notes files outside of the target that are going to take part, in the work folder and beside them, before anything else comes beside them. */
export async function noteBeside(work: string, paths: readonly string[], flusher: Flusher): Promise<void> {
  const names = paths.map((path) => relative(dirname(work), path));
  const file = openSync(join(work, besideFile), 'w', 0o600);
  try {
    writeFileSync(file, JSON.stringify(names));
  } catch (error) {
    closeSync(file);
    throw error;
  }
  await flusher.file(file);
  await flusher.settled();
  await flusher.paths([work, dirname(work)]);
  for (const path of paths) {
    const { note } = besideNames(path, dirname(work));
    if (statsAt(note) === null) closeSync(openSync(note, 'wx', 0o600));
  }
  await flusher.paths(new Set(paths.map((path) => dirname(path))));
}

async function sweep(work: string, flusher: Flusher): Promise<void> {
  const found = findRecord(work);
  const left = found ? leftBeside(found.transaction, dirname(work)) : notedBeside(work);
  // That the record is done with has to be certain before the notes go that it would ask for.
  if (left.length > 0) await flusher.paths([work, ...keptIn(dirname(work))]);
  await removeBeside(left, flusher);
  emptyFolder(work, new Set([lockName]));
}

/** Where records come to that are kept. */
function keptIn(directory: string): string[] {
  const history = join(directory, historyFolder);
  return statsAt(history)?.isDirectory() === true
    ? readdirSync(history).map((name) => join(history, name))
    : [];
}

/** Before what tells of them goes: else a power failure could leave them where nobody looks. */
export async function removeBeside(paths: readonly string[], flusher: Flusher): Promise<void> {
  for (const path of paths) rmSync(path, { force: true });
  await flusher.paths(new Set(paths.map((path) => dirname(path))));
}

/** None for a list that is not there or is none. Where it cannot be read now, that is an error: what it names would be left for ever. */
function notedBeside(work: string): string[] {
  const paths = listedIn(join(work, besideFile)).map((name) => resolve(dirname(work), name));
  return paths.flatMap((path) => {
    // Who can write the list cannot choose what is removed: only runs on this target give such names.
    const { draft, note } = besideNames(path, dirname(work));
    return [draft, note];
  });
}

function listedIn(file: string): string[] {
  if (statsAt(file)?.isFile() !== true) return [];
  const text = readFileSync(file, 'utf8');
  try {
    const names: unknown = JSON.parse(text);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

/** What somebody else has put there is not carried out with our rights. */
function assertOurs(work: string): void {
  const user = process.geteuid?.();
  const stats = statsAt(work);
  if (stats === null) return;
  if (!stats.isDirectory()) {
    throw new PatchError('E_CONFLICT', `${work}: is no folder`, {
      entry: work,
      help: 'drafts and backups are kept under this name: move away what is there',
    });
  }
  if (user === undefined || stats.uid === user) return;
  throw new PatchError('E_CONFLICT', `${work}: belongs to another user, who has not finished`, {
    entry: work,
    help: 'bring it to its end as that user (vpa recover)',
  });
}
