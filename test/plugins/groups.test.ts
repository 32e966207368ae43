/** Files that are coded together, from the base to the files of a target (FORMAT §5.3). */
import { expect } from 'chai';
import type Vinyl from 'vinyl';
import { join } from 'node:path';
import { apply, unpack, verify } from '../../plugins/index.ts';
import type { DeltaCodec } from '../../src/delta/codec.ts';
import { cover } from '../../src/delta/cover/cover.ts';
import { digestOf } from '../../src/bytes.ts';
import { contentsOf, isChange } from '../../src/stream/file.ts';
import { run } from '../../src/stream/run.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, archive, inlineXdelta3, makePatch, refusal } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { closePatch, openPatch } from '../fixtures/remade.ts';
import { type Tree, footprint, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const text = (seed: number, lines: number): string =>
  Array.from({ length: lines }, (_, n) => `${seed}: line ${n} ${(n * 7919 * seed) % 10_007}\n`).join('');

// Larger than what becomes a buffer, so that contents are made while they are read.
const files: Record<string, string> = {
  'a.txt': text(1, 5000),
  'b.txt': text(2, 50),
  'c.bin': `\0${noise(5000, 3)}`,
  'd.bin': `\0${noise(90_000, 4)}`,
  'e.txt': text(5, 4000),
};
const base = treeOf({ ...files, 'unchanged.txt': text(6, 10) });
const target = treeOf({
  ...Object.fromEntries(Object.entries(files).map(([name, content]) => [name, `${content}!`])),
  'new.txt': text(6, 10).repeat(2),
  'unchanged.txt': text(6, 10),
});

for (const codec of [inlineXdelta3, cover()]) {
  describe(`groups, by ${codec.id}`, () => {
    const patchOf = (from: Tree, to: Tree): Promise<Buffer> =>
      makePatch({ base: memoryLayer(from), target: memoryLayer(to), codecs: [codec] });
    const made = patchOf(base, target);

    async function filesOf(patch: Uint8Array, codecs: readonly DeltaCodec[]): Promise<Vinyl[]> {
      const found: Vinyl[] = [];
      await run(
        [
          archive(patch),
          unpack(),
          verify({ allowUnsigned: true }),
          apply({ base: memoryLayer(base), codecs }),
        ],
        {
          onFile: (file) => void found.push(file),
        },
      );
      return found.filter(isChange);
    }

    it('are made of text and of small binary files, in the order of names', async () => {
      const { index } = await openPatch(await made);
      expect(index.groups).to.have.length(2);
      const members = index.groups.map((_, number) =>
        index.changes.flatMap(({ group, name }) => (group === number ? [name.slice('AppRoot/'.length)] : [])),
      );
      expect(members).to.deep.equal([
        ['a.txt', 'b.txt', 'e.txt', 'new.txt'],
        ['c.bin', 'd.bin'],
      ]);
    });

    it('are decoded once each, also where contents are read late', async () => {
      const decoded: number[] = [];
      const counting: DeltaCodec = {
        ...codec,
        decode: (reference, delta, size, context) => {
          decoded.push(size);
          return codec.decode(reference, delta, size, context);
        },
      };
      const found = await filesOf(await made, [counting]);
      for (const file of found) {
        const node = target.get(file.relative.slice('AppRoot/'.length));
        expect(
          node?.type === 'file' && digestOf(Buffer.from(node.content, 'latin1')),
          file.relative,
        ).to.equal(digestOf(await contentsOf(file)));
      }
      expect(decoded).to.have.length(2);
    });

    it('apply in place and into a new folder', () =>
      withScratch(async (root) => {
        const [place, out] = [join(root, 'app'), join(root, 'out')];
        writeTree(place, base);
        await applyPatch(await made, { to: place, out });
        expect(listing(readTree(out))).to.deep.equal(listing(target));
        await applyPatch(await made, { to: place });
        expect(listing(readTree(place))).to.deep.equal(listing(target));
      }));

    it('do not apply where something that they are coded against is missing or changed', () =>
      withScratch(async (root) => {
        const { index } = await openPatch(await made);
        const names = index.groups.flatMap(({ references }) =>
          references.map(({ name }) => name.slice('AppRoot/'.length)),
        );
        expect(names).to.include('unchanged.txt');
        for (const name of names) {
          for (const content of [null, `${base.get(name)?.type}`, 'same']) {
            const place = join(root, `${name} ${content}`);
            const tree = new Map(base);
            const node = base.get(name);
            if (content === null || node?.type !== 'file') tree.delete(name);
            else if (content !== 'same') tree.set(name, { ...node, content: `${node.content}?` });
            else tree.set(name, { ...node, content: `${node.content.slice(0, -1)}?` });
            writeTree(place, tree);
            const before = footprint(place);
            const error = await refusal(async () => applyPatch(await made, { to: place }), 'E_BASE_MISMATCH');
            expect(error.entry).to.equal(`AppRoot/${name}`);
            expect(footprint(place)).to.deep.equal(before);
          }
        }
      }));

    it('that make something else than was promised change nothing', () =>
      withScratch(async (root) => {
        // Another patch, from the same base, to files of the same sizes: its payload under the first one's index.
        const evil = new Map(target);
        for (const [name, node] of target) {
          if (node.type === 'file' && name === 'e.txt')
            evil.set(name, { ...node, content: `${node.content.slice(0, -1)}?` });
        }
        const promised = await openPatch(await made);
        const carried = await openPatch(await patchOf(base, evil));
        const { changes, touched } = promised.index;
        const bad = closePatch({
          ...promised,
          index: { ...carried.index, changes, touched },
          frames: carried.frames,
        });
        writeTree(root, base);
        const before = listing(readTree(root));
        const error = await refusal(() => applyPatch(bad, { to: root }), 'E_DIGEST');
        expect(error.entry).to.equal('AppRoot/e.txt');
        expect(listing(readTree(root))).to.deep.equal(before);
      }));

    it('whose files are said to be in another order change nothing', () =>
      withScratch(async (root) => {
        const { index, ...rest } = await openPatch(await made);
        const other = new Map([0, 1].map((group) => [group, 1 - group]));
        const changes = index.changes.map((change) =>
          change.group === undefined ? change : { ...change, group: other.get(change.group) ?? 0 },
        );
        const bad = closePatch({ ...rest, index: { ...index, changes } });
        writeTree(root, base);
        const before = listing(readTree(root));
        await refusal(() => applyPatch(bad, { to: root }));
        expect(listing(readTree(root))).to.deep.equal(before);
      }));

    it('of an unknown codec are refused', async () => {
      const error = await refusal(async () => filesOf(await made, []), 'E_CODEC');
      expect(error.entry).to.equal('group 0');
    });
  });
}
