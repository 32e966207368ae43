/** Targets that are not what one expects: a file, a link, a disk that is full or only read, a folder of somebody else. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { isPatchError } from '../../src/errors.ts';
import { recoverDirectory } from '../../src/store/recover-directory.ts';
import { undoDirectory } from '../../src/store/undo.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { writeLayer } from '../fixtures/layers.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, folder, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { withoutRights } from '../fixtures/without-rights.ts';

const old = treeOf({ a: 'one', 'd/x': 'x' });
const now = treeOf({ a: 'two', 'd/x': 'x', 'd/y': 'y' });
const patchOf = async (base: Tree, target: Tree): Promise<Buffer> =>
  makePatch({ base: memoryLayer(base), target: memoryLayer(target) });

/** Mounts a file system in memory; skips, with the reason, where that is not possible. */
async function withMount(
  test: Context,
  path: string,
  options: string,
  use: (remount: (options: string) => void) => Promise<void>,
): Promise<void> {
  mkdirSync(path, { recursive: true });
  const mount = (...given: string[]): number | null => spawnSync('mount', given, { encoding: 'utf8' }).status;
  if (process.platform !== 'linux' || mount('-t', 'tmpfs', '-o', options, 'tmpfs', path) !== 0) {
    process.stderr.write('      skipped: nothing can be mounted here\n');
    test.skip();
  }
  try {
    await use((more) => void mount('-o', `remount,${more}`, path));
  } finally {
    spawnSync('umount', [path]);
  }
}

describe('an odd target', () => {
  it('a file, or nothing: E_INPUT, also to be recovered or undone', () =>
    withScratch(async (root) => {
      const path = join(root, 'file');
      writeFileSync(path, 'mine');
      const patch = await patchOf(old, now);
      const before = listing(readTree(root));
      for (const to of [path, join(path, 'below'), join(root, 'missing')]) {
        await refusal(() => applyPatch(patch, { to }), 'E_INPUT');
        await refusal(() => applyPatch(patch, { to, out: join(root, 'out') }), 'E_INPUT');
        await refusal(() => undoDirectory(to), 'E_INPUT');
        expect(listing(readTree(root))).to.deep.equal(before);
      }
    }));

  it('a link to a folder: that folder is changed, and the link stays one', () =>
    withScratch(async (root) => {
      const [real, to] = [join(root, 'real'), join(root, 'to')];
      writeTree(real, old);
      symlinkSync('real', to);
      await applyPatch(await patchOf(old, now), { to, backup: 'keep' });
      expect(lstatSync(to).isSymbolicLink()).to.equal(true);
      expect(listing(readTree(real, ['.vpa']))).to.deep.equal(listing(now));
      await undoDirectory(real);
      expect(listing(readTree(root))).to.deep.equal(
        listing(
          new Map([
            ...treeOf({ real: folder() }),
            ...prefixed('real', old),
            ['to', { type: 'link', to: 'real' }],
          ]),
        ),
      );
    }));

  it('a link to a folder, for a new one: that has the mode of the folder; a link in its place is refused', () =>
    withScratch(async (root) => {
      const [real, to, out] = [join(root, 'real'), join(root, 'to'), join(root, 'out')];
      writeTree(real, old);
      symlinkSync('real', to);
      const patch = await patchOf(old, now);
      await applyPatch(patch, { to, out });
      expect(lstatSync(out).mode & 0o777).to.equal(lstatSync(real).mode & 0o777);
      expect(listing(readTree(out))).to.deep.equal(listing(now));
      symlinkSync('nowhere', join(root, 'taken'));
      await refusal(() => applyPatch(patch, { to, out: join(root, 'taken') }), 'E_CONFLICT');
    }));

  for (const name of ['read-only', 'read-only/files', 'read-only/registry']) {
    it(`a layer whose ${name} is a link: E_CONFLICT in place, for a new folder and in a rehearsal`, () =>
      withScratch(async (root) => {
        const [to, next, elsewhere] = [join(root, 'app'), join(root, 'next'), join(root, 'elsewhere')];
        const layer = { registry: new Map(), variables: {}, deleteEntries: [] };
        writeLayer(to, { ...layer, version: '1', files: { AppData: old } });
        writeLayer(next, { ...layer, version: '2', files: { AppData: now } });
        mkdirSync(join(to, 'read-only', 'registry'), { recursive: true });
        const patch = await makePatch({ base: to, target: next });
        spawnSync('mv', [join(to, name), elsewhere]);
        symlinkSync(elsewhere, join(to, name));
        const before = listing(readTree(root));
        for (const options of [{}, { out: join(root, 'out') }, { dryRun: true }]) {
          await refusal(() => applyPatch(patch, { to, ...options }), 'E_CONFLICT');
          expect(listing(readTree(root))).to.deep.equal(before);
        }
      }));
  }

  it('on a disk that is only read: E_RIGHTS, and what a killed run left there waits', async function () {
    await withScratch(async (root) => {
      const disk = join(root, 'disk');
      const patch = await patchOf(old, now);
      await withMount(this, disk, 'size=4m', async (remount) => {
        const to = join(disk, 'app');
        writeTree(to, old);
        let left: Tree | undefined;
        await withScratch(async (other) => {
          writeTree(join(other, 'app'), old);
          await watchingCalls(
            () => {
              if (existsSync(join(other, 'app', '.vpa-work', 'put.json'))) left ??= readTree(other);
            },
            () => applyPatch(patch, { to: join(other, 'app') }),
          );
        });
        remount('ro');
        const before = listing(readTree(disk));
        for (const options of [{}, { out: join(disk, 'out') }])
          await refusal(() => applyPatch(patch, { to, ...options }), 'E_RIGHTS');
        expect(listing(readTree(disk))).to.deep.equal(before);
        remount('rw');
        rmSync(to, { recursive: true });
        writeTree(disk, left ?? new Map());
        remount('ro');
        await refusal(() => recoverDirectory(to), 'E_RIGHTS');
        remount('rw');
        expect(await recoverDirectory(to)).to.equal('finished');
        expect(listing(readTree(to))).to.deep.equal(listing(now));
      });
    });
  });

  it('on a disk that gets full while it is written: E_SPACE at each moment, and it is as it was', async function () {
    await withScratch(async (root) => {
      const disk = join(root, 'disk');
      const target = new Map([...now, ...treeOf({ big: noise(300_000, 3), other: noise(300_000, 4) })]);
      const patch = await patchOf(old, target);
      await withMount(this, disk, 'size=2m', async () => {
        const reached = { full: 0, done: 0 };
        for (let n = 0; n < 60; n += 3) {
          const to = join(disk, 'app');
          writeTree(to, old);
          const before = listing(readTree(disk));
          let count = 0;
          const filler = join(disk, 'filler');
          let error: unknown = null;
          try {
            await watchingCalls(
              () => {
                if (count++ === n) fill(filler, disk);
              },
              () => applyPatch(patch, { to }),
            );
          } catch (thrown) {
            error = thrown;
          }
          rmSync(filler, { force: true });
          if (error === null) {
            reached.done++;
            expect(listing(readTree(disk, ['filler']))).to.deep.equal(
              listing(new Map([['app', folder()], ...prefixed('app', target)])),
            );
          } else {
            reached.full++;
            expect(
              isPatchError(error) && error.code,
              `at ${n}: ${error instanceof Error ? error.message : ''}`,
            ).to.equal('E_SPACE');
            expect(listing(readTree(disk)), `at ${n}`).to.deep.equal(before);
          }
          rmSync(to, { recursive: true });
        }
        expect(reached.full).to.be.above(1);
        expect(reached.done).to.be.above(1);
      });
    });
  });

  it('of another user, who lets nobody write: E_RIGHTS, and no trace of us', async function () {
    if (process.getuid?.() !== 0) {
      process.stderr.write('      skipped, only root has a folder of another user\n');
      return this.skip();
    }
    await withScratch(async (root) => {
      writeTree(join(root, 'app'), old);
      const patch = join(root, 'test.vpa');
      writeFileSync(patch, await patchOf(old, now));
      spawnSync('chmod', ['-R', 'a+rX', root]);
      const before = listing(readTree(root));
      const said = withoutRights(
        this,
        `
        import { readFileSync } from 'node:fs';
        import { applyPatch, refusal } from './test/fixtures/patching.ts';
        const patch = readFileSync(${JSON.stringify(patch)});
        const to = ${JSON.stringify(join(root, 'app'))};
        const codes = [];
        for (const options of [{}, { out: ${JSON.stringify(join(root, 'out'))} }])
          codes.push((await refusal(() => applyPatch(patch, { to, ...options }))).code);
        process.stdout.write(codes.join());
        `,
      );
      expect(said).to.equal('E_RIGHTS,E_RIGHTS');
      expect(listing(readTree(root))).to.deep.equal(before);
      expect(readFileSync(join(root, 'app', 'a'), 'latin1')).to.equal('one');
    });
  });
});

function prefixed(folder: string, tree: Tree): Tree {
  return new Map([...tree].map(([path, node]) => [`${folder}/${path}`, node]));
}

/** Takes all the space that is left. */
function fill(path: string, disk: string): void {
  const { bfree, bsize } = statfsSync(disk);
  writeFileSync(path, Buffer.alloc(bfree * bsize));
}
