/** The folder inside of a target where an apply keeps its drafts and backups, and its claim on the target. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PatchError, fromSystem, systemCode } from '../errors.ts';
import { recover } from './journal.ts';
import { removeTree } from './remove-tree.ts';

const ownerFile = 'owner';

/** The folders that runs in this process have claimed: the owner's number alone does not tell them from a killed run. */
const claimed = new Set<string>();

/**
 * Claims the folder for this process: cleans up behind a run that was killed (what it had begun is undone), and refuses
 * with E_BUSY while another one is at work.
 */
export function claim(work: string): void {
  settle(work);
  let made = false;
  try {
    mkdirSync(work, { mode: 0o700 });
    made = true;
    writeFileSync(join(work, ownerFile), String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (made) removeTree(work);
    if (systemCode(error) === 'EEXIST') {
      throw new PatchError('E_BUSY', `${work}: another run has just begun to change this target`, {
        entry: work,
        cause: error,
      });
    }
    throw fromSystem(error, 'write', work);
  }
  claimed.add(work);
}

/** Ends the claim; the folder itself is for its owner to remove. */
export function unclaim(work: string): void {
  claimed.delete(work);
}

/** Undoes what a killed run left, where there is anything. E_BUSY while another run is at work. */
export function settle(work: string): void {
  if (!existsSync(work)) return;
  const owner = ownerOf(work);
  const busy = claimed.has(work) || (owner !== null && owner !== process.pid && isAlive(owner));
  if (busy) {
    throw new PatchError(
      'E_BUSY',
      `${work}: another run (process ${owner ?? process.pid}) is changing this target`,
      {
        entry: work,
        help: 'wait until it has finished and run it again',
      },
    );
  }
  recover(work);
}

function ownerOf(work: string): number | null {
  try {
    const text = readFileSync(join(work, ownerFile), 'utf8');
    return /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
