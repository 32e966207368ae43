/** Every scenario in place, into a new folder, and applied twice. */
import { expect } from 'chai';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpack, verify } from '../../plugins/index.ts';
import { isPlan } from '../../src/stream/file.ts';
import type { Plan } from '../../src/stream/plan.ts';
import { run } from '../../src/stream/run.ts';
import { applyPatch, archive, makePatch, refusal } from '../fixtures/patching.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import {
  type Tree,
  file,
  folder,
  footprint,
  link,
  listing,
  readTree,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';
import { scenarios } from './trees.ts';

/** Of all changes and groups, before they are compressed into frames. */
async function payloadOf(patch: Uint8Array): Promise<number> {
  let plan: Plan | undefined;
  await run([archive(patch), unpack(), verify({ allowUnsigned: true })], {
    onFile: (file) => {
      if (isPlan(file)) plan = file.plan;
    },
  });
  if (!plan) throw new Error('no plan');
  return plan.frames.reduce((sum, frame) => sum + frame.size, 0);
}

const patchOf = (base: Tree, target: Tree): Promise<Buffer> =>
  makePatch({ base: memoryLayer(base), target: memoryLayer(target) });

describe('scenarios', () => {
  for (const { title, base, target, payload } of scenarios) {
    it(title, () =>
      withScratch(async (root) => {
        const [inPlace, old, out] = [join(root, 'in-place'), join(root, 'old'), join(root, 'out')];
        const patch = await patchOf(base, target);
        writeTree(inPlace, base);
        await applyPatch(patch, { to: inPlace });
        expect(listing(readTree(inPlace)), 'in place').to.deep.equal(listing(target));
        const before = footprint(inPlace);
        const notices = await applyPatch(patch, { to: inPlace });
        if (listing(base).join() !== listing(target).join()) {
          expect(notices).to.include('already-applied');
          expect(footprint(inPlace), 'the second time').to.deep.equal(before);
        }
        writeTree(old, base);
        await applyPatch(patch, { to: old, out });
        expect(listing(readTree(out)), 'into a new folder').to.deep.equal(listing(target));
        expect(listing(readTree(old)), 'the base of a new folder').to.deep.equal(listing(base));
        if (payload !== undefined) expect(await payloadOf(patch), 'bytes of payload').to.be.at.most(payload);
      }),
    );
  }
});

describe('scenarios: what the user added', () => {
  const base = treeOf({ 'app/a': 'a', 'app/plugins/old.so': 'x', 'keep/b': 'b' });
  const target = treeOf({ 'app/a': 'new', 'keep/b': 'b' });
  const mine: Tree = treeOf({
    'app/mine.txt': 'mine',
    'app/plugins/mine.so': file('mine', 0o600),
    l: link('app'),
  });

  for (const inPlace of [true, false]) {
    it(`stays, also in a folder that the patch removes (${inPlace ? 'in place' : 'new folder'})`, () =>
      withScratch(async (root) => {
        const [old, out] = [join(root, 'old'), join(root, 'out')];
        writeTree(old, base);
        writeTree(old, mine);
        await applyPatch(await patchOf(base, target), inPlace ? { to: old } : { to: old, out });
        expect(listing(readTree(inPlace ? old : out))).to.deep.equal(listing(new Map([...target, ...mine])));
      }));

    it(`is not overwritten: a folder that has to become a file is refused (${inPlace ? 'in place' : 'new folder'})`, () =>
      withScratch(async (root) => {
        const [old, out] = [join(root, 'old'), join(root, 'out')];
        writeTree(old, base);
        writeTree(old, mine);
        const patch = await patchOf(
          base,
          treeOf({ 'app/a': 'new', 'app/plugins': 'a file now', 'keep/b': 'b' }),
        );
        const before = listing(readTree(root));
        const error = await refusal(
          () => applyPatch(patch, inPlace ? { to: old } : { to: old, out }),
          'E_CONFLICT',
        );
        expect(error.message).to.contain(join('app', 'plugins'));
        expect(listing(readTree(root))).to.deep.equal(before);
      }));
  }

  it('a read-only folder that stays because of it gets its mode back', () =>
    withScratch(async (root) => {
      const closed = treeOf({ d: folder(0o555), 'd/a': 'x', 'd/mine': 'mine' });
      writeTree(join(root, 'old'), closed);
      await applyPatch(await patchOf(treeOf({ d: folder(0o555), 'd/a': 'x' }), new Map()), {
        to: join(root, 'old'),
      });
      expect(listing(readTree(join(root, 'old')))).to.deep.equal(
        listing(treeOf({ d: folder(0o555), 'd/mine': 'mine' })),
      );
    }));

  it('a folder that the patch adds may be there already, with things in it', () =>
    withScratch(async (root) => {
      writeTree(root, treeOf({ a: 'a', 'plugins/mine.so': 'mine' }));
      await applyPatch(
        await patchOf(treeOf({ a: 'a' }), treeOf({ a: 'b', plugins: null, 'plugins/x': 'x' })),
        { to: root },
      );
      const wanted = treeOf({ a: 'b', 'plugins/x': 'x', 'plugins/mine.so': 'mine' });
      expect(listing(readTree(root))).to.deep.equal(listing(wanted));
    }));

  it('a file where the patch adds one is named and kept', () =>
    withScratch(async (root) => {
      writeTree(root, treeOf({ a: 'a', new: 'mine' }));
      const patch = await patchOf(treeOf({ a: 'a' }), treeOf({ a: 'a', new: 'theirs' }));
      const error = await refusal(() => applyPatch(patch, { to: root }), 'E_BASE_MISMATCH');
      expect(error.details).to.deep.equal(['AppRoot/new: is there, but the patch adds it']);
      expect(listing(readTree(root))).to.deep.equal(listing(treeOf({ a: 'a', new: 'mine' })));
    }));
});

describe('scenarios: a new folder', () => {
  const patch = (): Promise<Buffer> => patchOf(treeOf({ a: '1' }), treeOf({ a: '2' }));

  it('that has something in it is refused', () =>
    withScratch(async (root) => {
      writeTree(join(root, 'old'), treeOf({ a: '1' }));
      mkdirSync(join(root, 'out'));
      writeFileSync(join(root, 'out', 'x'), '');
      await refusal(
        async () => applyPatch(await patch(), { to: join(root, 'old'), out: join(root, 'out') }),
        'E_CONFLICT',
      );
      expect([...readTree(join(root, 'out')).keys()]).to.deep.equal(['x']);
      rmSync(join(root, 'out', 'x'));
      await applyPatch(await patch(), { to: join(root, 'old'), out: join(root, 'out') });
      expect(listing(readTree(join(root, 'out')))).to.deep.equal(listing(treeOf({ a: '2' })));
    }));
});
