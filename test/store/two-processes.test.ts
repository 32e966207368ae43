/** Two processes that apply to one target at the same time: one wins, the other one is refused or finds it done. */
import { expect } from 'chai';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { makePatch } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const child = join(import.meta.dirname, '..', 'fixtures', 'apply-child.ts');

const version = (seed: number): Tree =>
  treeOf(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`d${n % 5}/f${n}`, noise(500, n * seed)])));

describe('two processes on one target', () => {
  it('leave one winner and a clean E_BUSY, whoever is first, also when their patches differ', async function () {
    this.timeout(120_000);
    await withScratch(async (root) => {
      const base = version(1);
      const targets = [version(2), version(3)];
      const patches = await Promise.all(
        targets.map(async (target, at) => {
          const path = join(root, `${at}.vpa`);
          writeFileSync(
            path,
            await makePatch({ base: memoryLayer(base), target: memoryLayer(target), codecs: [] }),
          );
          return path;
        }),
      );
      const outcomes: string[] = [];
      for (let n = 0; n < 6; n++) {
        const to = join(root, String(n));
        writeTree(to, base);
        const ones = patches.map((patch): ChildProcess =>
          fork(child, [patch, JSON.stringify({ to })], { execArgv: ['--import', 'tsx'] }),
        );
        await Promise.all(ones.map((one) => once(one, 'message')));
        const ends = await Promise.all(
          ones.map(async (one) => {
            one.send('go');
            const [said] = await Promise.all([once(one, 'message'), once(one, 'exit')]);
            return String(said[0]);
          }),
        );
        outcomes.push(ends.join());
        const winners = ends.flatMap((end, at) => (end === 'done' ? [at] : []));
        expect(winners, ends.join()).to.have.length(1);
        expect(listing(readTree(to)), ends.join()).to.deep.equal(listing(targets[winners[0]!]!));
        // Refused while the other one is at work, or because it was done already.
        expect(['E_BUSY', 'E_BASE_MISMATCH', 'E_DIGEST'], ends.join()).to.include(ends[1 - winners[0]!]);
      }
      expect(outcomes.join(';')).to.contain('E_BUSY');
    });
  });
});
