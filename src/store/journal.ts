/**
 * Executes steps, all or none. A journal in the work folder says what is going to be done, so that whoever finds it
 * after a kill can undo it.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PatchError, fromSystem, systemCode, throwIfCancelled } from '../errors.ts';
import { removeTree } from './remove-tree.ts';
import { statsAt } from './stats.ts';
import type { Step } from './steps.ts';

const journalFile = 'journal.json';
const doneFile = 'journal.done';
/** There from the first step on that puts something where something else may have been. */
const takenFile = 'journal.taken';

/**
 * Executes the steps in order. After any error, an abort included, everything done so far is undone and the error is
 * thrown; when that is not possible either, E_CONFLICT says where the old content is.
 */
export function execute(work: string, steps: readonly Step[], root: string, signal: AbortSignal): void {
  const journal = join(work, journalFile);
  let done = 0;
  let taken = false;
  try {
    // Relative, since the target may be elsewhere when someone finds it.
    const recorded = steps.map((step) => withPaths(step, (path) => relative(root, path)));
    writeFileSync(join(work, `${journalFile}.tmp`), JSON.stringify({ format: 1, steps: recorded }));
    renameSync(join(work, `${journalFile}.tmp`), journal);
    for (const step of steps) {
      throwIfCancelled(signal);
      if (!taken && isPut(step)) {
        writeFileSync(join(work, takenFile), '');
        taken = true;
      }
      perform(step, root);
      done++;
    }
    renameSync(journal, join(work, doneFile));
  } catch (error) {
    undo(steps.slice(0, done), work, root);
    rmSync(journal, { force: true });
    rmSync(join(work, takenFile), { force: true });
    throw fromSystem(error, 'write', root);
  }
}

/**
 * Undoes what a killed run left in the work folder, and removes the folder. Gives true where there was something to
 * undo. E_CONFLICT where the folder is not ours.
 */
export function recover(work: string): boolean {
  if (!existsSync(work)) return false;
  const journal = join(work, journalFile);
  const interrupted = isInterrupted(work);
  if (interrupted) {
    const taken = existsSync(join(work, takenFile));
    undo(
      readJournal(journal).filter((step) => taken || !isPut(step)),
      work,
      dirname(work),
    );
  }
  removeTree(work);
  return interrupted;
}

/** Whether steps of the work folder's journal are neither all done nor all undone. */
export function isInterrupted(work: string): boolean {
  return existsSync(join(work, journalFile));
}

/**
 * A moved file goes to the backups before it is put to its new place. From the disk alone, a put that was done looks
 * like one whose file was not taken yet, while its place had another file. So the journal says when puts begin.
 */
function isPut(step: Step): boolean {
  return step.do === 'put' || (step.do === 'chmod' && step.before !== null);
}

function readJournal(path: string): Step[] {
  try {
    const { steps } = JSON.parse(readFileSync(path, 'utf8')) as { steps: Step[] };
    const root = dirname(dirname(path));
    return steps.map((step) => withPaths(step, (one) => resolve(root, one)));
  } catch (error) {
    throw new PatchError('E_CONFLICT', `${path}: an interrupted run left a journal that cannot be read`, {
      entry: path,
      help: `the old content is in ${join(dirname(path), 'backup')}`,
      cause: error,
    });
  }
}

function withPaths(step: Step, change: (path: string) => string): Step {
  const path = change(step.path);
  if (step.do === 'take') return { ...step, path, to: change(step.to) };
  return step.do === 'put' ? { ...step, path, from: change(step.from) } : { ...step, path };
}

function perform(step: Step, root: string): void {
  assertNoLink(dirname(step.path), root);
  switch (step.do) {
    case 'open':
      chmodSync(step.path, step.mode | 0o300);
      break;
    case 'take':
      if (!isFullFolder(step.path)) {
        renameSync(step.path, step.to);
      } else if (!step.keepIfFull) {
        throw fullFolder(step.path);
      }
      break;
    case 'mkdir':
      mkdirSync(step.path, 0o700);
      break;
    case 'put':
      if (has(step.path)) {
        throw new PatchError('E_CONFLICT', `${step.path}: appeared while the patch was applied`, {
          entry: step.path,
        });
      }
      renameSync(step.from, step.path);
      break;
    case 'chmod':
      // A folder that was opened may be gone by now.
      if (has(step.path)) chmodSync(step.path, step.mode);
  }
}

/** What a folder that has to make room, but has more in it than the patch knows of, leads to. */
export function fullFolder(path: string): PatchError {
  return new PatchError('E_CONFLICT', `${path}: has files in it that are not the application's`, {
    entry: path,
    help: 'move them away and run it again',
  });
}

function isFullFolder(path: string): boolean {
  return statsAt(path)?.isDirectory() === true && readdirSync(path).length > 0;
}

function has(path: string): boolean {
  return statsAt(path) !== null;
}

/** A folder on the way that is a link would lead out of the target, whoever made it. */
export function assertNoLink(folder: string, root: string): void {
  const at = linkAbove(folder, root);
  if (at === null) return;
  throw new PatchError('E_CONFLICT', `${at}: is a link, and the patch would write through it`, {
    entry: at,
    help: 'replace the link by a folder',
  });
}

function linkAbove(folder: string, root: string): string | null {
  for (let at = folder; at.length > root.length && at.startsWith(root); at = dirname(at)) {
    if (statsAt(at)?.isSymbolicLink() === true) return at;
  }
  return null;
}

/** Undoes in reverse, each step only where the disk shows that it was done. */
function undo(steps: readonly Step[], work: string, root: string): void {
  try {
    for (const step of steps.toReversed()) {
      // Where a link stands, no step has put a folder yet, so that none was done below it either.
      if (linkAbove(dirname(step.path), root) === null) undoStep(step);
    }
  } catch (error) {
    throw new PatchError('E_CONFLICT', 'the commit failed and could not be undone', {
      help: `what was there before is in ${join(work, 'backup')}; see the cause, mend it, and run it again`,
      cause: error,
    });
  }
}

function undoStep(step: Step): void {
  switch (step.do) {
    case 'open':
      if (has(step.path)) chmodSync(step.path, step.mode);
      break;
    case 'take':
      if (has(step.to) && !has(step.path)) renameSync(step.to, step.path);
      break;
    case 'mkdir':
      if (has(step.path)) removeFolder(step.path);
      break;
    case 'put':
      if (has(step.path) && !has(step.from)) renameSync(step.path, step.from);
      break;
    case 'chmod':
      if (step.before !== null && has(step.path)) chmodSync(step.path, step.before);
      // A folder that we made has to be emptied before it goes.
      else if (statsAt(step.path)?.isDirectory() === true) chmodSync(step.path, 0o700);
  }
}

/** A folder that we made; where something else is in it by now, it stays. */
function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
  }
}
