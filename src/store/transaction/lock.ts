/**
 * One run at a time on a target. The lock is a folder: it is free where it is missing or empty, and held by whom the file
 * `owner-<token>` in it names. A claim is made beside it, complete, and renamed to its place, which succeeds for one only;
 * the lock of a dead process is freed by removing that very file, so that nobody can free a lock that was taken
 * meanwhile. docs/adr/0009 says why not otherwise.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PatchError, fromSystem, systemCode } from '../../errors.ts';
import { type Owner, lifeOf, parseOwner, thisOwner } from './owner.ts';

export interface Lock {
  /** Gives the lock back, and removes the folder that it is in if nothing else is in there. */
  release(): void;
}

export const lockName = 'lock';

/** Locks of this thread: its number alone does not tell a run of today from one that failed to give its lock back. */
const held = new Set<string>();

/** More often than this, others would have to come and go between two looks. */
const attempts = 50;

/**
 * Takes the lock in `folder`, which is made if it is missing. E_BUSY while another run has it, or one that cannot be seen
 * from here; `force` takes it from the latter. E_RIGHTS, E_SPACE.
 */
export function acquireLock(folder: string, force = false): Lock {
  const token = randomBytes(8).toString('hex');
  const claim = join(folder, `claim-${token}`);
  const place = join(folder, lockName);
  held.add(token);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (tryClaim(folder, claim, token, place)) return { release: () => release(folder, token) };
      const holder = holderOf(place);
      if (holder === null) removeIfEmpty(place);
      else if (isHeld(holder, force)) throw busy(folder, holder.owner);
      else rmSync(join(place, holder.file), { force: true });
    }
    throw busy(folder, null);
  } catch (error) {
    held.delete(token);
    discard(claim, token);
    removeIfEmpty(folder);
    throw fromSystem(error, 'write', folder);
  }
}

/** Who has the lock in a folder and is alive, or cannot be seen; null where it is free or its owner is dead. */
export function lockedBy(folder: string): Owner | null {
  const holder = holderOf(join(folder, lockName));
  return holder && isHeld(holder, false) ? (holder.owner ?? thisOwner()) : null;
}

interface Holder {
  readonly file: string;
  readonly token: string;
  readonly owner: Owner | null;
}

function tryClaim(folder: string, claim: string, token: string, place: string): boolean {
  try {
    makeFolder(folder);
    makeFolder(claim);
    writeFileSync(join(claim, `owner-${token}`), JSON.stringify(thisOwner()));
    renameSync(claim, place);
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    // Whoever had the lock before may clean up around us; then there is another turn.
    if (code === 'ENOENT') return false;
    if (['EEXIST', 'ENOTEMPTY'].includes(code)) return false;
    // Windows has these for a folder that is there already.
    if (process.platform === 'win32' && ['EPERM', 'EACCES'].includes(code)) return false;
    throw error;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

function holderOf(place: string): Holder | null {
  try {
    const file = readdirSync(place).find((name) => name.startsWith('owner-'));
    if (file === undefined) return null;
    const owner = parseOwner(readFileSync(join(place, file), 'utf8'));
    return { file, token: file.slice('owner-'.length), owner };
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
}

function isHeld({ token, owner }: Holder, force: boolean): boolean {
  if (held.has(token)) return true;
  const life = owner === null ? 'dead' : lifeOf(owner);
  return life === 'alive' || (life === 'unknown' && !force);
}

function release(folder: string, token: string): void {
  if (!held.delete(token)) return;
  try {
    rmSync(join(folder, lockName, `owner-${token}`), { force: true });
  } catch {
    return; // the next one sees that it is not ours any more
  }
  removeIfEmpty(join(folder, lockName));
  removeIfEmpty(folder);
}

function discard(claim: string, token: string): void {
  try {
    rmSync(join(claim, `owner-${token}`), { force: true });
  } catch {
    // Whoever has the lock next cleans up.
  }
  removeIfEmpty(claim);
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It is gone, or somebody else is in it.
  }
}

function busy(folder: string, owner: Owner | null): PatchError {
  const elsewhere = owner !== null && lifeOf(owner) === 'unknown';
  const who = owner === null ? '' : ` (process ${owner.process}${elsewhere ? ` on ${owner.host}` : ''})`;
  return new PatchError('E_BUSY', `${folder}: another run${who} is changing this target`, {
    entry: folder,
    help: elsewhere
      ? 'wait until it has finished; if it is known to be gone: vpa recover FOLDER --force'
      : 'wait until it has finished and run it again',
  });
}
