/** Law 4 for a run that is killed: the next one undoes what it had begun, and does it again. */
import { expect } from 'chai';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { needsPosix } from '../contract/needs.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { done, jobProcess } from '../fixtures/job.ts';
import { layerListing, readLayer, writeLayer } from '../fixtures/layers.ts';
import { applyPatch, makePatch } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import {
  type Node,
  type Tree,
  file,
  folder,
  link,
  listing,
  readTree,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

/** Of everything something: moves (with a new mode), swaps, a folder that becomes a file and back, links, read-only folders. */
const base = treeOf({
  a: 'one',
  b: 'two',
  moved: file('moves', 0o644),
  'd/x': 'in a folder',
  'd/e': null,
  f: 'becomes a folder',
  l: link('d'),
  'gone/sub/x': 'x',
  'gone/sub/moves': noise(300, 9),
  closed: folder(0o555),
  'closed/x': file('old', 0o444),
});
const target = treeOf({
  a: 'two',
  b: 'one',
  'new/moved': file('moves', 0o755),
  d: 'a file now',
  'f/inside': 'x',
  'l/e': null,
  moves: noise(300, 9),
  closed: folder(0o555),
  'closed/x': file('new', 0o444),
  'closed/y': 'y',
});

describe('law 4: a run that is killed', () => {
  it('at any step: the next run ends in exactly the target', () =>
    withScratch(async (root) => {
      const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
      const place = join(root, 'app');
      writeTree(place, base);
      const moments: Tree[] = [];
      await watchingCalls(
        () => void moments.push(readTree(place)),
        () => applyPatch(patch, { to: place }),
      );
      expect(moments.length, 'calls that change the disk').to.be.above(50);
      for (const [n, moment] of moments.entries()) {
        const left = join(root, String(n));
        writeTree(left, moment);
        await applyPatch(patch, { to: left });
        expect(listing(readTree(left)), `killed at step ${n}`).to.deep.equal(listing(target));
      }
    }));

  it('at any step: the next run undoes it if it was not decided, and finishes it if it was, also when it is to make a new folder', () =>
    withScratch(async (root) => {
      const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
      const place = join(root, 'app');
      writeTree(place, base);
      const moments: Tree[] = [];
      await watchingCalls(
        (call) => {
          if (call === 'renameSync') moments.push(readTree(place));
        },
        () => applyPatch(patch, { to: place }),
      );
      const ends = { finished: 0, undone: 0 };
      for (const [n, moment] of moments.entries()) {
        const [left, out] = [join(root, String(n)), join(root, `${n}-out`)];
        writeTree(left, moment);
        const decided = moment.has('.vpa-work/take.json') || moment.has('.vpa-work/put.json');
        const notices = await applyPatch(patch, { to: left, out });
        ends[decided ? 'finished' : 'undone']++;
        // Finished, it is the target already, so that there is nothing to make.
        expect(notices.includes('already-applied'), `killed at ${n}`).to.equal(decided);
        if (!decided) expect(listing(readTree(out)), `killed at ${n}`).to.deep.equal(listing(target));
        expect(listing(readTree(left)), `killed at ${n}`).to.deep.equal(listing(decided ? target : base));
      }
      expect(ends.finished).to.be.above(10);
      expect(ends.undone).to.be.above(1);
    }));

  it('at any step, of a layer directory with its registry', () =>
    withScratch(async (root) => {
      const [old, now] = [join(root, 'old'), join(root, 'now')];
      const data = { registry: new Map(), variables: {} };
      writeLayer(old, { ...data, version: '1', files: { AppData: base }, deleteEntries: ['AppData/hides'] });
      writeLayer(now, {
        ...data,
        version: '2',
        files: { AppData: target, Fonts: target },
        deleteEntries: [],
      });
      const wanted = layerListing(readLayer(now));
      const patch = await makePatch({ base: old, target: now });
      const moments: Tree[] = [];
      await watchingCalls(
        (call) => {
          if (call === 'renameSync') moments.push(readTree(old));
        },
        () => applyPatch(patch, { to: old }),
      );
      for (const [n, moment] of moments.entries()) {
        const left = join(root, String(n));
        writeTree(left, moment);
        await applyPatch(patch, { to: left });
        expect(layerListing(readLayer(left)), `killed at step ${n}`).to.deep.equal(wanted);
      }
    }));

  it('at 20 random moments, by SIGKILL', async function () {
    this.timeout(240_000);
    needsPosix(this, 'there is no SIGKILL here');
    await withScratch(async (root) => {
      const [old, now] = [manyFiles(0), manyFiles(1)];
      const patch = join(root, 'test.vpa');
      const bytes = await makePatch({ base: memoryLayer(old), target: memoryLayer(now), codecs: [] });
      writeFileSync(patch, bytes);
      const measured = join(root, 'measured');
      writeTree(measured, old);
      const duration = await killAfter(patch, measured, Infinity);
      expect(listing(readTree(measured))).to.deep.equal(listing(now));
      let interrupted = 0;
      for (let n = 0; n < 20; n++) {
        const place = join(root, String(n));
        writeTree(place, old);
        await killAfter(patch, place, (duration * (n + Math.random())) / 20);
        if (readTree(place).has('.vpa-work')) interrupted++;
        await applyPatch(bytes, { to: place });
        expect(listing(readTree(place)), `kill ${n}`).to.deep.equal(listing(now));
      }
      expect(interrupted, 'kills that left something behind').to.be.above(2);
    });
  });
});

function manyFiles(version: number): Tree {
  const entries: Record<string, Node> = {};
  for (let n = 0; n < 400; n++)
    entries[`d${n % 20}/f${n}-${n % 3 === 0 ? version : 0}`] = file(noise(200, n + (n % 2) * version));
  return treeOf(entries);
}

/** Gives how long the child worked, in milliseconds. */
async function killAfter(patch: string, to: string, delay: number): Promise<number> {
  const one = await jobProcess();
  const started = performance.now();
  const exited = once(one, 'exit');
  const ended = done(one, { do: 'apply', patches: [patch], at: { to } });
  await Promise.race([ended, ...(delay === Infinity ? [] : [sleep(delay)])]);
  const duration = performance.now() - started;
  one.kill('SIGKILL');
  await exited;
  return duration;
}
