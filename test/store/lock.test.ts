/** One run at a time, whoever comes in between: exactly one has the lock, and nobody keeps it beyond its death. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isPatchError } from '../../src/errors.ts';
import { type Lock, acquireLock, lockedBy } from '../../src/store/transaction/lock.ts';
import { lifeOf, thisOwner } from '../../src/store/transaction/owner.ts';
import { watchingAllCalls } from '../fixtures/file-calls.ts';
import { refusal } from '../fixtures/patching.ts';
import { withScratch } from '../fixtures/tree.ts';

/** A lock as a process that is not there any more has left it. */
function leaveLock(folder: string, owner: object): void {
  mkdirSync(join(folder, 'lock'), { recursive: true });
  writeFileSync(join(folder, 'lock', 'owner-0123456789abcdef'), JSON.stringify(owner));
}

function attempt(folder: string): Lock | null {
  try {
    return acquireLock(folder);
  } catch (error) {
    if (isPatchError(error) && error.code === 'E_BUSY') return null;
    throw error;
  }
}

const dead = (): object => ({ ...thisOwner(), process: deadProcess(), start: '1' });

function deadProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('the lock of a target', () => {
  it('is one process’s: E_BUSY for the next, which says who has it; free when it is given back', () =>
    withScratch(async (root) => {
      const work = join(root, 'work');
      const lock = acquireLock(work);
      const error = await refusal(() => acquireLock(work), 'E_BUSY');
      expect(error.message).to.contain(`process ${process.pid}`);
      expect(lockedBy(work)?.process).to.equal(process.pid);
      lock.release();
      lock.release();
      expect(existsSync(work)).to.equal(false);
      acquireLock(work).release();
    }));

  for (const [what, leave] of [
    ['a free lock', () => undefined],
    ['the lock of a dead process', (work: string) => leaveLock(work, dead())],
    ['an empty lock', (work: string) => mkdirSync(join(work, 'lock'), { recursive: true })],
  ] as const) {
    it(`goes to one of two that want ${what}, whatever call of the one the other comes before`, async () => {
      let calls = 0;
      for (let n = 0; n <= calls; n++) {
        await withScratch(async (root) => {
          const work = join(root, 'work');
          leave(work);
          const got: (Lock | null)[] = [];
          let count = 0;
          await watchingAllCalls(
            () => {
              if (count++ === n) got.push(attempt(work));
            },
            async () => void got.push(attempt(work)),
          );
          calls = Math.max(calls, count);
          if (n >= count) return;
          expect(got.filter((one) => one !== null).length, `before call ${n}`).to.equal(1);
          got.forEach((one) => one?.release());
          expect(existsSync(work), `before call ${n}`).to.equal(false);
        });
      }
      expect(calls).to.be.above(5);
    });

    it(`goes to one of two that want ${what}, also if the other one comes and goes`, async () => {
      for (let n = 0; n < 25; n++) {
        await withScratch(async (root) => {
          const work = join(root, 'work');
          leave(work);
          const got: (Lock | null)[] = [];
          let count = 0;
          await watchingAllCalls(
            () => {
              if (count++ === n) attempt(work)?.release();
            },
            async () => void got.push(attempt(work)),
          );
          expect(got[0], `before call ${n}`).to.not.equal(null);
          expect(attempt(work)).to.equal(null);
          got[0]?.release();
        });
      }
    });
  }

  it('is taken from the dead at once: killed, gone with the machine, or its number used again', () =>
    withScratch((root) => {
      const owners = [
        dead(),
        { ...thisOwner(), boot: 'another' },
        { ...thisOwner(), process: process.ppid, start: 'another' },
        'no owner at all',
      ];
      for (const [n, owner] of (process.platform === 'linux' ? owners : owners.slice(0, 1)).entries()) {
        const work = join(root, String(n));
        leaveLock(work, owner as object);
        expect(lockedBy(work)).to.equal(null);
        acquireLock(work).release();
      }
      expect(readdirSync(root)).to.deep.equal(
        owners.map((_, n) => String(n)).filter((n) => existsSync(join(root, n))),
      );
    }));

  it('is not taken from the living, nor from whom cannot be seen, unless one insists', () =>
    withScratch(async (root) => {
      if (process.platform !== 'linux') return;
      const parent = { ...thisOwner(), process: process.ppid };
      expect(lifeOf({ ...thisOwner(), thread: 7 })).to.equal('alive');
      for (const [n, owner] of [
        { ...thisOwner(), host: `not-${hostname()}` },
        { ...thisOwner(), space: 'pid:[1]' },
      ].entries()) {
        const work = join(root, String(n));
        leaveLock(work, owner);
        const error = await refusal(() => acquireLock(work), 'E_BUSY');
        expect(error.help).to.contain('--force');
        acquireLock(work, true).release();
      }
      expect(lifeOf(parent)).to.equal('dead');
    }));
});
