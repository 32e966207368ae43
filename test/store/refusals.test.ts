/** What is refused before the first write: older patches, too little space, files that programs have open. */
import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWatched } from '../../src/store/watch-layer.ts';
import { usesOf } from '../../src/store/in-use.ts';
import { assertSpace, costOf } from '../../src/store/space.ts';
import { statusOf } from '../../src/store/status.ts';
import { entryName } from '../../src/layer/name.ts';
import type { Change } from '../../src/patch/change.ts';
import { isChange } from '../../src/stream/file.ts';
import { run } from '../../src/stream/run.ts';
import { after, stage } from '../../src/stream/stage.ts';
import { apply } from '../../presets/index.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, archive, makePatch, refusal } from '../fixtures/patching.ts';
import { type Tree, footprint, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const old = treeOf({ a: 'one', b: 'kept' });
const now = treeOf({ a: 'two', b: 'kept' });

async function patchOf(base: Tree, target: Tree, sequence?: number): Promise<Buffer> {
  const options = sequence === undefined ? {} : { sequence };
  return makePatch({ base: memoryLayer(base), target: memoryLayer(target), ...options });
}

describe('an older patch', () => {
  it('than the one applied before is refused: E_DOWNGRADE, also to a new folder and in a rehearsal', () =>
    withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      await applyPatch(await patchOf(old, now, 5), { to });
      const back = await patchOf(now, old, 4);
      const before = footprint(to);
      for (const options of [{}, { out: join(root, 'out') }, { dryRun: true }]) {
        const error = await refusal(() => applyPatch(back, { to, ...options }), 'E_DOWNGRADE');
        expect(error.message).to.match(/number 4.*number 5/);
      }
      expect(existsSync(join(root, 'out'))).to.equal(false);
      expect(footprint(to).slice(1)).to.deep.equal(before.slice(1));
      await applyPatch(back, { to, allowDowngrade: true });
      expect(listing(readTree(to, ['.vpa']))).to.deep.equal(listing(old));
      expect(statusOf(to).last).to.include({ sequence: 4 });
    }));

  it('is told from the newest one by its application, also where a patch without a number came between', () =>
    withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      await applyPatch(await patchOf(old, now, 5), { to });
      await applyPatch(await patchOf(now, old), { to });
      await refusal(async () => applyPatch(await patchOf(old, now, 3), { to }), 'E_DOWNGRADE');
      const other = await makePatch({
        id: 'other',
        base: memoryLayer(old),
        target: memoryLayer(now),
        sequence: 1,
      });
      await applyPatch(other, { to });
      expect(statusOf(to).last).to.include({ id: 'other', sequence: 1 });
    }));

  it('goes with a new folder: that remembers too', () =>
    withScratch(async (root) => {
      const [to, out] = [join(root, 'app'), join(root, 'out')];
      writeTree(to, old);
      await applyPatch(await patchOf(old, now, 5), { to, out });
      expect(existsSync(join(to, '.vpa'))).to.equal(false);
      await refusal(async () => applyPatch(await patchOf(now, old, 4), { to: out }), 'E_DOWNGRADE');
    }));

  it('is known from a file that must be readable: E_CONFLICT', () =>
    withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      await applyPatch(await patchOf(old, now, 5), { to });
      writeFileSync(join(to, '.vpa', 'state.json'), '{}');
      await refusal(async () => applyPatch(await patchOf(now, old, 6), { to }), 'E_CONFLICT');
    }));

  it('without a number leaves nothing to remember', () =>
    withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      await applyPatch(await patchOf(old, now), { to });
      expect(listing(readTree(to))).to.deep.equal(listing(now));
      expect(statusOf(to)).to.deep.include({ state: 'clean', last: null, undo: null });
    }));
});

describe('space', () => {
  const digest = `sha256:${'0'.repeat(64)}` as const;
  const file = (
    size: number,
    at: string = digest,
  ): { type: 'file'; size: number; digest: typeof digest } => ({
    type: 'file',
    size,
    digest: at as typeof digest,
  });
  const rest = { encoding: [], payload: 0 };
  const other = `sha256:${'1'.repeat(64)}`;

  it('is counted before the first write: what is drafted, in whole blocks; moves and modes cost nothing', () => {
    const changes: Change[] = [
      { ...rest, kind: 'add', name: entryName('AppRoot/new'), before: null, after: file(5000) },
      { ...rest, kind: 'modify', name: entryName('AppRoot/m'), before: file(10), after: file(1, other) },
      {
        ...rest,
        kind: 'modify',
        name: entryName('AppRoot/mode'),
        encoding: ['copy/1'],
        before: file(10),
        after: { ...file(10), mode: 0o755 },
      },
      {
        ...rest,
        kind: 'move',
        name: entryName('AppRoot/to'),
        from: entryName('AppRoot/from'),
        before: file(7),
        after: file(7),
      },
      { ...rest, kind: 'remove', name: entryName('AppRoot/gone'), before: file(3), after: null },
    ];
    expect(costOf(changes)).to.deep.equal({ reads: 30, writes: 5001, extra: 8192 + 4096 });
  });

  it('that is not there: E_SPACE says how much is needed and how much there is', async () => {
    await withScratch(async (root) => {
      const { bfree, bsize } = statfsSync(root);
      const error = await refusal(() => assertSpace(root, (bfree + 1) * bsize * 2), 'E_SPACE');
      expect(error.message).to.match(/no space left.*bytes are needed, \d+ are free/);
      assertSpace(root, 1);
      // Temporary files are on the same disk.
      const most = Math.ceil((bfree * bsize * 2) / 3);
      assertSpace(root, most);
      await refusal(() => assertSpace(root, most, most), 'E_SPACE');
    });
  });
});

describe('a file that a program has open', () => {
  async function holding(path: string, use: (holder: ChildProcess) => Promise<void>): Promise<void> {
    const code = `require('fs').openSync(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000)`;
    const holder = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(holder.stdout, 'data');
      await use(holder);
    } finally {
      holder.kill('SIGKILL');
    }
  }

  it('is not replaced: E_BUSY names the file, the program and the process, and nothing is changed', async function () {
    if (process.platform !== 'linux') return this.skip();
    await withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      const patch = await patchOf(old, now);
      await holding(join(to, 'a'), async (holder) => {
        const [use] = usesOf([join(to, 'a'), join(to, 'b')]);
        expect(use).to.deep.include({ path: join(to, 'a'), process: holder.pid });
        const error = await refusal(() => applyPatch(patch, { to }), 'E_BUSY');
        expect(error.message)
          .to.contain(join(to, 'a'))
          .and.to.contain(`process ${holder.pid ?? 0}`);
        expect(listing(readTree(to))).to.deep.equal(listing(old));
        // It may be said that this is well, and that is quick.
        await applyPatch(patch, { to, allowInUse: true });
      });
      expect(listing(readTree(to))).to.deep.equal(listing(now));
    });
  });

  it('is waited for a little', async function () {
    if (process.platform !== 'linux') return this.skip();
    await withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      const patch = await patchOf(old, now);
      await holding(join(to, 'a'), async (holder) => {
        setTimeout(() => holder.kill('SIGKILL'), 300);
        await applyPatch(patch, { to });
      });
      expect(listing(readTree(to))).to.deep.equal(listing(now));
    });
  });
});

describe('a file that is edited while the patch is prepared', () => {
  it('is not taken for old content: E_BUSY, and the edit stays', () =>
    withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, old);
      const editing = stage('editing', async function* (files) {
        for await (const one of files) {
          if (isChange(one)) appendFileSync(join(to, 'a'), ' and mine');
          yield one;
        }
      });
      const chain = after('apply', apply({ to, allowUnsigned: true }), editing);
      await refusal(async () => run([archive(await patchOf(old, now)), ...chain]), 'E_BUSY');
      expect(readFileSync(join(to, 'a'), 'latin1')).to.equal('one and mine');
      expect(existsSync(join(to, '.vpa-work'))).to.equal(false);
    }));

  it('shows by its stamp, as do those that come and go', () =>
    withScratch(async (root) => {
      writeTree(root, old);
      const { layer, assertUnchanged } = openWatched(root, []);
      await layer.readOnly.entry(entryName('AppRoot/b'));
      await layer.readOnly.entry(entryName('AppRoot/missing'));
      writeFileSync(join(root, 'a'), 'not looked at');
      assertUnchanged();
      writeFileSync(join(root, 'missing'), '');
      await refusal(assertUnchanged, 'E_BUSY');
    }));
});
