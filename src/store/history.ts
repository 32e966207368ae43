/** What a target remembers from one patch to the next, in the folder `.vpa` at its top, which is no part of its state. */
import { readFileSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isDigest } from '../bytes.ts';
import { PatchError, systemCode } from '../errors.ts';
import { historyFolder } from '../layer/directory-layer.ts';
import { removeTree } from './remove-tree.ts';
import { statsAt } from './stats.ts';
import type { Release } from './target.ts';
import { leftBeside } from './transaction/beside.ts';
import type { Flusher } from './transaction/flush.ts';
import { type Take, type Transaction, readRecord } from './transaction/record.ts';
import { undoRecord } from './transaction/transaction.ts';
import { removeBeside } from './work-folder.ts';

const sequence = z.int().min(0);
const schema = z.object({
  format: z.literal(1),
  /** The patch that was applied last. */
  last: z.object({
    id: z.string(),
    name: z.string(),
    from: z.string(),
    to: z.string(),
    /** State digest of the target. */
    digest: z.string().refine(isDigest),
    sequence: sequence.optional(),
  }),
  /** The newest sequence number of each application's patches. */
  sequences: z.record(z.string(), sequence),
});

export type History = z.infer<typeof schema>;

export function historyFile(directory: string): string {
  return join(directory, historyFolder, 'state.json');
}

/** Null where nothing is remembered. E_CONFLICT for a file that cannot be read. */
export function readHistory(directory: string): History | null {
  const path = historyFile(directory);
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return null;
    throw new PatchError('E_CONFLICT', `${path}: does not say which patch was applied last`, {
      entry: path,
      help: 'it is damaged; without it, old patches are not refused any more: remove it if that is well',
      cause: error,
    });
  }
}

/**
 * What is to be remembered of a release; null where there is nothing to remember: a patch without a sequence number
 * leaves no trace in a target that has no history, unless it keeps a backup, and a repair is no patch.
 */
export function historyAfter(before: History | null, release: Release, keep: boolean): Uint8Array | null {
  const { identity, from, digest } = release;
  if (release.repair === true) return null;
  const newest = sequencesOf(release).at(-1);
  if (before === null && newest === undefined && !keep) return null;
  const { id, name, version: to } = identity;
  const known = new Map(Object.entries(before?.sequences ?? {}));
  if (newest !== undefined) known.set(id, newest);
  const history: History = {
    format: 1,
    last: {
      id,
      name,
      from,
      to,
      digest,
      ...(release.sequence !== undefined && { sequence: release.sequence }),
    },
    sequences: Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
  return Buffer.from(`${JSON.stringify(history, null, 2)}\n`);
}

/** Refuses (E_DOWNGRADE) a patch that is older than the one that was applied before: of several, each behind the other. */
export function assertNotOlder(before: History | null, release: Release): void {
  const { identity } = release;
  let known = new Map(Object.entries(before?.sequences ?? {})).get(identity.id);
  for (const number of sequencesOf(release)) {
    if (known !== undefined && number < known) {
      throw new PatchError(
        'E_DOWNGRADE',
        `the patch has the sequence number ${number}, but number ${known} of ${identity.name || identity.id} was applied already`,
        {
          help: 'get a newer patch, or say that you want to go back (--allow-downgrade)',
        },
      );
    }
    known = number;
  }
}

function sequencesOf({ earlier = [], sequence: last }: Release): number[] {
  return last === undefined ? [...earlier] : [...earlier, last];
}

/** A backup of a whole transaction. */
export interface Undo {
  readonly number: number;
  readonly folder: string;
  readonly transaction: Transaction;
}

/** The backup that can be gone back to; null where there is none. */
export function findUndo(directory: string): Undo | null {
  for (const { number, folder } of undoFolders(directory)) {
    const transaction = readRecord(join(folder, undoRecord), directory);
    if (transaction) return { number, folder, transaction };
  }
  return null;
}

/** A folder for the backups of the next transaction. */
export function nextUndo(directory: string): { readonly number: number; readonly folder: string } {
  const number = (undoFolders(directory)[0]?.number ?? 0) + 1;
  return { number, folder: join(directory, historyFolder, `undo-${number}`) };
}

/** The step that makes a backup count no longer; part of the transaction that changes the target after it. */
export function discarding({ folder }: Undo): Take {
  return { path: join(folder, undoRecord), to: join(folder, discarded) };
}

const discarded = 'discarded.json';

/** Removes the backups that no longer count, and the folder when nothing is remembered; never while a transaction is unfinished. */
export async function discardUndos(directory: string, flusher: Flusher): Promise<void> {
  for (const { folder } of undoFolders(directory).filter(isDiscarded)) {
    const old = readRecord(join(folder, discarded), directory);
    const beside = old ? leftBeside({ ...old, keep: null }, directory) : [];
    await removeBeside(beside, flusher);
    removeTree(folder);
  }
  const history = join(directory, historyFolder);
  if (isEmptyFolder(history)) rmdirSync(history);
}

/** Whether there is something that `discardUndos` would remove. */
export function hasDiscarded(directory: string): boolean {
  return undoFolders(directory).some(isDiscarded) || isEmptyFolder(join(directory, historyFolder));
}

function isDiscarded({ folder }: { readonly folder: string }): boolean {
  return statsAt(join(folder, undoRecord)) === null;
}

function isEmptyFolder(path: string): boolean {
  return statsAt(path)?.isDirectory() === true && readdirSync(path).length === 0;
}

/** Highest number first. */
function undoFolders(directory: string): { readonly number: number; readonly folder: string }[] {
  const history = join(directory, historyFolder);
  if (statsAt(history)?.isDirectory() !== true) return [];
  return readdirSync(history)
    .flatMap((name) => {
      const number = /^undo-([1-9]\d{0,8})$/.exec(name)?.[1];
      return number === undefined ? [] : [{ number: Number(number), folder: join(history, name) }];
    })
    .sort((a, b) => b.number - a.number);
}
