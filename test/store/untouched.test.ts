/** What a patch does not touch: left alone, and kept; or looked at, where that is wanted. */
import { expect } from 'chai';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoDirectory } from '../../src/store/undo.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import {
  type Tree,
  file,
  footprint,
  listing,
  readTree,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

const base = treeOf({ a: 'one', kept: 'k', 'gone/x': 'x', 'gone/deep/y': 'y', 'other/z': 'z' });
const target = treeOf({ a: 'two', kept: 'k', 'other/z': 'z' });
const extras = { mine: 'mine', 'gone/mine': 'mine', 'gone/deep/mine': 'mine', 'other/mine': 'mine' };

const patchOf = async (from: Tree, to: Tree): Promise<Buffer> =>
  makePatch({ base: memoryLayer(from), target: memoryLayer(to) });

describe('files that a patch does not name', () => {
  for (const how of ['in place', 'to a new folder'] as const) {
    it(`stay, with the removed folders that they are in, which are told: ${how}`, () =>
      withScratch(async (root) => {
        const [place, out] = [join(root, 'app'), join(root, 'out')];
        writeTree(place, new Map([...base, ...treeOf(extras)]));
        const before = listing(readTree(place));
        const kept: string[] = [];
        await applyPatch(await patchOf(base, target), {
          ...{ to: place, backup: how === 'in place' ? 'keep' : 'none' },
          ...(how === 'in place' ? {} : { out }),
          onKept: (names) => void kept.push(...names),
        });
        const wanted = listing(new Map([...target, ...treeOf(extras)]));
        expect(listing(readTree(how === 'in place' ? place : out, ['.vpa']))).to.deep.equal(wanted);
        expect(kept).to.deep.equal(['AppRoot/gone', 'AppRoot/gone/deep']);
        if (how === 'in place') await undoDirectory(place);
        expect(listing(readTree(place))).to.deep.equal(before);
      }));
  }

  it('stay, or the patch is refused, where the folder has to become a file', () =>
    withScratch(async (root) => {
      const [place, out] = [join(root, 'app'), join(root, 'out')];
      writeTree(place, new Map([...base, ['gone/mine', file('mine')]]));
      const patch = await patchOf(base, treeOf({ ...Object.fromEntries(target), gone: 'a file now' }));
      const before = footprint(place);
      for (const options of [{ to: place }, { to: place, out }]) {
        const error = await refusal(() => applyPatch(patch, options), 'E_CONFLICT');
        expect(error.message).to.contain("files in it that are not the application's");
      }
      expect(footprint(place).map((line) => line.split(' ')[0])).to.deep.equal(
        before.map((line) => line.split(' ')[0]),
      );
      expect(listing(readTree(place))).to.deep.equal(
        listing(new Map([...base, ['gone/mine', file('mine')]])),
      );
    }));

  it('that have the name of a removed one, but another content, refuse the patch', () =>
    withScratch(async (root) => {
      writeTree(root, new Map([...base, ['gone/x', file('edited')]]));
      const error = await refusal(async () => applyPatch(await patchOf(base, target), { to: root }));
      expect(error.details).to.deep.equal(['AppRoot/gone/x: has 6 bytes, not 1']);
    }));
});

describe('--untouched check', () => {
  const apply = async (to: string, untouched: 'ignore' | 'check'): Promise<string[]> =>
    applyPatch(await patchOf(base, target), { to, untouched });

  it('lets the version itself pass, before and after', () =>
    withScratch(async (root) => {
      writeTree(root, base);
      await apply(root, 'check');
      expect(listing(readTree(root))).to.deep.equal(listing(target));
      expect(await apply(root, 'check')).to.include('already-applied');
    }));

  for (const [title, edits] of [
    ['a changed entry', { kept: 'K' }],
    ['an extra one', { mine: 'mine' }],
  ] as const) {
    it(`refuses ${title} that the patch does not touch, which is ignored otherwise`, () =>
      withScratch(async (root) => {
        const place = join(root, 'app');
        writeTree(place, new Map([...base, ...treeOf(edits)]));
        const before = footprint(place);
        const error = await refusal(() => apply(place, 'check'), 'E_BASE_MISMATCH');
        expect(error.message).to.contain('does not touch');
        expect(error.data['whole']).to.have.nested.property('expected[0].entries', base.size);
        expect(footprint(place)).to.deep.equal(before);
        await apply(place, 'ignore');
        expect(listing(readTree(place))).to.deep.equal(listing(new Map([...target, ...treeOf(edits)])));
      }));
  }

  it('names what was written after the last patch', () =>
    withScratch(async (root) => {
      writeTree(root, new Map([...base, ['kept', file('K')]]));
      mkdirSync(join(root, '.vpa'));
      const state = join(root, '.vpa', 'state.json');
      const last = { id: 'n', name: '', from: '', to: '', digest: `sha256:${'0'.repeat(64)}` };
      writeFileSync(state, JSON.stringify({ format: 1, last, sequences: {} }));
      const old = new Date(Date.UTC(2020, 0, 1));
      for (const path of ['a', 'gone/x', 'gone/deep/y', 'other/z']) utimesSync(join(root, path), old, old);
      utimesSync(state, old, old);
      const error = await refusal(() => apply(root, 'check'), 'E_BASE_MISMATCH');
      expect(error.details.at(-1)).to.equal('AppRoot/kept: was written after the last patch');
      expect(error.data['whole']).to.deep.include({ writtenSinceApply: ['AppRoot/kept'] });
    }));
});
