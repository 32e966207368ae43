/** Files of a target that have other names: those keep their contents and modes, whatever a patch does. */
import { expect } from 'chai';
import { linkSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoDirectory } from '../../src/store/undo.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { file, hasModes, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const base = treeOf({
  mode: file(noise(3000, 1), 0o644),
  moves: file(noise(3000, 2), 0o644),
  same: 's',
  text: 'one',
});
const target = treeOf({
  mode: file(noise(3000, 1), 0o755),
  'to/moved': file(noise(3000, 2), 0o600),
  same: 's',
  text: 'two',
});
const inode = (path: string): number => lstatSync(path).ino;

describe('a file with a second name', () => {
  before(function () {
    if (!hasModes) this.skip();
  });

  for (const way of ['in place', 'with a backup', 'to a new folder'] as const) {
    it(`keeps content and mode under that, ${way}`, () =>
      withScratch(async (root) => {
        const [to, other, out] = [join(root, 'app'), join(root, 'other'), join(root, 'out')];
        writeTree(to, base);
        writeTree(other, treeOf({}));
        for (const name of base.keys()) linkSync(join(to, name), join(other, name));
        const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
        await applyPatch(patch, {
          to,
          ...(way === 'to a new folder' && { out }),
          ...(way === 'with a backup' && { backup: 'keep' as const }),
        });
        const made = way === 'to a new folder' ? out : to;
        expect(listing(readTree(made, ['.vpa']))).to.deep.equal(listing(target));
        expect(listing(readTree(other))).to.deep.equal(listing(base));
        if (way !== 'with a backup') return;
        await undoDirectory(to);
        expect(listing(readTree(to))).to.deep.equal(listing(base));
        for (const name of base.keys())
          expect(inode(join(to, name)), name).to.equal(inode(join(other, name)));
      }));
  }

  it('is the only one that is copied for its mode: others stay the same file', () =>
    withScratch(async (root) => {
      const to = join(root, 'app');
      writeTree(to, base);
      const before = [inode(join(to, 'mode')), inode(join(to, 'moves'))];
      const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
      const written: string[] = [];
      await watchingCalls(
        (call, path) => {
          if (call === 'writeSync') written.push(path);
        },
        () => applyPatch(patch, { to }),
      );
      expect([inode(join(to, 'mode')), inode(join(to, 'to', 'moved'))]).to.deep.equal(before);
      // The text and the record.
      expect(written).to.have.length(2);
      expect(readFileSync(join(to, 'text'), 'latin1')).to.equal('two');
    }));
});
