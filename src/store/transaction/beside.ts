/**
 * Files outside of the target that take part in a transaction (registry files): what is beside them meanwhile. The names have
 * the target in them, so that nobody's own files are meant, and nothing of another target.
 */
import { createHash } from 'node:crypto';
import { dirname, relative } from 'node:path';
import { PatchError } from '../../errors.ts';
import { statsAt } from '../stats.ts';
import { isInside } from './inside.ts';
import type { Transaction } from './record.ts';

export interface BesideNames {
  readonly draft: string;
  readonly backup: string;
  /** A backup that is kept, by the number of the folder of those that are inside. */
  readonly undo: (number: number) => string;
  /** Empty, and there as long as the transaction: says that this file was given for this target. */
  readonly note: string;
}

/** The names beside a file for the target in `root`; both may be moved together. */
export function besideNames(path: string, root: string): BesideNames {
  const way = relative(dirname(path), root).replaceAll('\\', '/');
  const id = createHash('sha256').update(way).digest('hex').slice(0, 16);
  const name = (kind: string): string => `${path}.vpa-${kind}-${id}`;
  return {
    draft: name('draft'),
    backup: name('backup'),
    undo: (number) => name(`undo-${number}`),
    note: name('note'),
  };
}

/** Whether it is a name for the backup of a file, kept or not. */
export function isBackupBeside(path: string, to: string, root: string): boolean {
  const { backup, undo } = besideNames(path, root);
  if (to === backup) return true;
  const number = /\.vpa-undo-([1-9]\d{0,8})-[0-9a-f]{16}$/.exec(to)?.[1];
  return number !== undefined && to === undo(Number(number));
}

/** The files outside of the target that a transaction takes or puts. */
export function pathsOutside({ puts, takes }: Transaction, root: string): string[] {
  const paths = [...takes, ...puts].map(({ path }) => path).filter((path) => !isInside(path, root));
  return [...new Set(paths)];
}

/** What a transaction that is over has left beside files that are outside of the target. */
export function leftBeside(transaction: Transaction, root: string): string[] {
  const { keep, puts, takes } = transaction;
  const drafts = puts.flatMap(({ from }) => from ?? []);
  const backups = keep === null ? takes.map(({ to }) => to) : [];
  const notes = pathsOutside(transaction, root).map((path) => besideNames(path, root).note);
  return [...drafts, ...backups, ...notes].filter((path) => !isInside(path, root));
}

/**
 * Refuses (E_CONFLICT) a record that a run has left, or somebody else, where it speaks of a file outside of the target that has no
 * note beside it. Who can write into the target alone cannot make one.
 */
export function assertNoted(transaction: Transaction, root: string, work: string): void {
  for (const path of pathsOutside(transaction, root)) {
    if (statsAt(besideNames(path, root).note)?.isFile() === true) continue;
    throw notGiven(path, work);
  }
}

/** The same for a kept record: the kept backup beside the file says as much as a note. */
export function assertBackedUp({ puts, takes }: Transaction, root: string, folder: string): void {
  const backed = new Set<string>();
  for (const { path, to } of takes) {
    if (!isInside(path, root) && statsAt(to)?.isFile() === true) backed.add(path);
  }
  for (const { path } of [...takes, ...puts]) {
    if (!isInside(path, root) && !backed.has(path)) throw notGiven(path, folder);
  }
}

function notGiven(path: string, folder: string): PatchError {
  return new PatchError('E_CONFLICT', `${path}: nothing beside it says that it was given for this target`, {
    entry: path,
    help: `nothing was touched; if ${folder} is not what a run of yours has left, remove it`,
  });
}
