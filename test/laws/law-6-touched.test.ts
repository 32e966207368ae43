/**
 * Records have only the beginning of their digests, or nothing of them (FORMAT §5.2). What decides is one whole digest of
 * all that a patch touches, before and after (§5.4).
 */
import { expect } from 'chai';
import { join } from 'node:path';
import { checkLength } from '../../src/patch/index-wire.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { closePatch, collision, openPatch } from '../fixtures/remade.ts';
import { type Tree, footprint, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

/** How many bytes of their digests records have → how many files are added to have so few. */
const sizes = [
  [2, 0],
  [1, 300],
  [0, 2100],
] as const;

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`many/f${String(n).padStart(4, '0')}`, '']));

const old = {
  changed: 'what it was: 000000',
  gone: 'goes away: 000000',
  moved: 'moves: 000000',
  kept: `${noise(2000, 1)}000000`,
};
const made = { changed: `${noise(3000, 2)}000000`, 'to/moved': old.moved, kept: old.kept, copy: old.kept };

for (const [bytes, count] of sizes) {
  describe(`law 6, with ${bytes} bytes of each digest`, function () {
    this.timeout(120_000);
    const base = treeOf(old);
    const target = treeOf({ ...made, ...many(count) });
    const patch = makePatch({ base: memoryLayer(base), target: memoryLayer(target) });

    async function assertRefused(tree: Tree, says: RegExp): Promise<void> {
      await withScratch(async (root) => {
        const [place, out] = [join(root, 'app'), join(root, 'out')];
        writeTree(place, tree);
        const before = footprint(root);
        for (const options of [{ to: place }, { to: place, out }]) {
          const data = await patch;
          const error = await refusal(() => applyPatch(data, options), 'E_BASE_MISMATCH');
          expect(error.details[0]).to.match(says);
        }
        expect(footprint(root)).to.deep.equal(before);
      });
    }

    it('has so many', async () => {
      const { index } = await openPatch(await patch);
      expect(checkLength(3 * 2 + count)).to.equal(bytes);
      const removed = index.changes.find(({ kind }) => kind === 'remove')?.before;
      expect(removed && 'digest' in removed && removed.digest.length).to.equal('sha256:'.length + 2 * bytes);
    });

    it('applies', () =>
      withScratch(async (root) => {
        writeTree(root, base);
        await applyPatch(await patch, { to: root });
        expect(listing(readTree(root))).to.deep.equal(listing(target));
        expect(await applyPatch(await patch, { to: root })).to.include('already-applied');
      }));

    for (const name of ['changed', 'gone', 'moved', 'kept'] as const) {
      it(`refuses a base in which only the whole digest of '${name}' differs`, () =>
        assertRefused(treeOf({ ...old, [name]: collision(old[name], bytes) }), /has another content/));
    }

    it('does not take a state for the target in which only a whole digest differs', () =>
      assertRefused(treeOf({ ...made, ...many(count), changed: collision(made.changed, bytes) }), /AppRoot/));

    it('makes nothing that only a whole digest tells from what was promised', () =>
      withScratch(async (root) => {
        const evil = treeOf({ ...made, ...many(count), changed: collision(made.changed, bytes) });
        const promised = await openPatch(await patch);
        const carried = await openPatch(
          await makePatch({ base: memoryLayer(base), target: memoryLayer(evil) }),
        );
        const { changes, touched } = promised.index;
        expect(carried.index.changes.map(({ payload }) => payload)).to.deep.equal(
          changes.map(({ payload }) => payload),
        );
        const index = { ...carried.index, changes, touched };
        const bad = closePatch({ manifest: promised.manifest, index, frames: carried.frames });
        writeTree(root, base);
        const before = listing(readTree(root));
        await refusal(() => applyPatch(bad, { to: root }), 'E_DIGEST');
        expect(listing(readTree(root))).to.deep.equal(before);
      }));
  });
}
