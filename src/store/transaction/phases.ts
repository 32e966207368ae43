/**
 * The phases of a transaction, forward and back. Each may be begun again at any moment, in any state that a kill or a
 * power failure has left: what is done already shows on the disk.
 */
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { PatchError, systemCode, throwIfCancelled } from '../../errors.ts';
import { takingTurns } from '../../layer/turns.ts';
import { statsAt } from '../stats.ts';
import { openFolders, setModes } from './access.ts';
import type { Flusher } from './flush.ts';
import type { Put, Take, Transaction } from './record.ts';
import { assertNoLink, renameBusy, shift, shiftBehind, shiftOver } from './shift.ts';

export interface Running {
  /** The folder that is changed; nothing below it is reached through a link. */
  readonly root: string;
  readonly flusher: Flusher;
  readonly signal?: AbortSignal | undefined;
  /** Nothing of the transaction was done yet, and its record was made a moment ago: what it says of folders is so. */
  readonly fresh?: boolean;
}

/** As the disk may be: any of the paths may be a folder that is closed, and none that was opened has to be open still. */
function open({ restore }: Transaction, paths: readonly string[], { root, fresh = false }: Running): void {
  openFolders(fresh ? restore.map(([path]) => path) : paths, root);
}

/** Old things go, deepest first. */
export async function takeAll(transaction: Transaction, running: Running): Promise<void> {
  const { takes } = transaction;
  const { root, flusher, signal } = running;
  // Also where one is already: a disk that has kept the rename may have lost that the folder was opened.
  open(
    transaction,
    takes.flatMap(({ path, to }) => [path, to]),
    running,
  );
  assertNoLinks(
    takes.map(({ to }) => to),
    root,
  );
  // What was taken out of a folder that was taken itself is known where that folder is now.
  const gone: string[] = [];
  const turns = takingTurns();
  for (const one of takes) {
    throwIfCancelled(signal);
    const pause = turns();
    if (pause) await pause;
    if (await takeOne(one, root)) gone.push(one.to);
  }
  await flusher.paths([...foldersOf(takes.flatMap(({ path, to }) => [path, to])), ...gone]);
}

/** Whether it is a folder that is taken now. */
async function takeOne({ path, to, keep, stay, whole }: Take, root: string): Promise<boolean> {
  assertNoLink(dirname(path), root);
  const [here, there] = [statsAt(path), statsAt(to)];
  if (whole !== true && !there && here?.isDirectory() === true && readdirSync(path).length > 0) {
    if (keep === true) return false;
    throw fullFolder(path);
  }
  if (here && !there && stay !== true) await renameBusy(path, to);
  else {
    const shifted = await (stay === true ? shiftBehind : shift)(path, to);
    // What came to the place of something that was taken already is nobody's business here.
    if (shifted === 'lost') throw conflict(path, 'vanished while the patch was applied');
  }
  return (there ?? here)?.isDirectory() === true;
}

/** New things come, folders first; then everything gets its mode, and is flushed. */
export async function putAll(transaction: Transaction, running: Running): Promise<void> {
  const { puts, modes } = transaction;
  const { root, flusher, signal } = running;
  open(
    transaction,
    puts.map(({ path }) => path),
    running,
  );
  assertNoLinks(draftsOf(puts), root);
  const turns = takingTurns();
  for (const one of puts) {
    throwIfCancelled(signal);
    const pause = turns();
    if (pause) await pause;
    await putOne(one, root);
  }
  const touched = puts.flatMap(({ path, from }) => (from === null ? [path] : [path, from]));
  await setModes(modes, [...foldersOf(touched), ...madeFolders(puts)], { root, flusher });
}

async function putOne({ path, from, over }: Put, root: string): Promise<void> {
  assertNoLink(dirname(path), root);
  if (from === null) {
    const stats = statsAt(path);
    if (stats === null) mkdirSync(path, 0o700);
    else if (!stats.isDirectory()) throw conflict(path, 'appeared while the patch was applied');
    return;
  }
  const shifted = await (over === true ? shiftOver : shift)(from, path);
  if (shifted === 'lost') throw conflict(path, 'vanished while the patch was applied');
  if (shifted === 'blocked') throw conflict(path, 'appeared while the patch was applied');
}

/** New things go back to where they came from. What a user has removed since, or put beside, stays as it is. */
export async function unputAll({ puts }: Transaction, { root, flusher }: Running): Promise<void> {
  openFolders(
    puts.map(({ path }) => path),
    root,
  );
  assertNoLinks(draftsOf(puts), root);
  for (const { path, from, over } of puts.toReversed()) {
    assertNoLink(dirname(path), root);
    if (from === null) removeFolder(path);
    else await (over === true ? shiftBehind : shift)(path, from);
  }
  // A folder that is gone for certain was empty for certain, so that it needs no flush of its own.
  await flusher.paths(foldersOf(puts.flatMap(({ path, from }) => (from === null ? [path] : [path, from]))));
}

/** Old things come back, and get the modes that they had. */
export async function untakeAll({ takes, restore }: Transaction, { root, flusher }: Running): Promise<void> {
  openFolders(
    takes.flatMap(({ path, to }) => [path, to]),
    root,
  );
  assertNoLinks(
    takes.map(({ to }) => to),
    root,
  );
  for (const { path, to, keep, stay } of takes.toReversed()) {
    assertNoLink(dirname(path), root);
    const shifted = await (stay === true ? shiftOver : shift)(to, path);
    if (shifted === 'blocked' && !(keep === true && statsAt(path)?.isDirectory() === true))
      throw conflict(path, 'is in the way of what was there before');
  }
  await setModes(restore, foldersOf(takes.flatMap(({ path, to }) => [path, to])), { root, flusher });
}

/** Drafts and backups are in folders of ours; a record that somebody else has left may say otherwise. */
function assertNoLinks(paths: readonly string[], root: string): void {
  for (const folder of foldersOf(paths)) assertNoLink(folder, root);
}

function draftsOf(puts: readonly Put[]): string[] {
  return puts.flatMap(({ from }) => from ?? []);
}

function foldersOf(paths: readonly string[]): Set<string> {
  return new Set(paths.map((path) => dirname(path)));
}

function madeFolders(puts: readonly Put[]): string[] {
  return puts.flatMap(({ path, from }) => (from === null ? [path] : []));
}

function conflict(path: string, what: string): PatchError {
  return new PatchError('E_CONFLICT', `${path}: ${what}`, {
    entry: path,
    help: 'see who else changes this folder, and run it again',
  });
}

/** What a folder that has to make room, but has more in it than the patch knows of, leads to. */
export function fullFolder(path: string): PatchError {
  return new PatchError('E_CONFLICT', `${path}: has files in it that are not the application's`, {
    entry: path,
    help: 'move them away and run it again',
  });
}

/** A folder that we made; where something else is in it by now, it stays. */
function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code)) throw error;
  }
}
