import { expect } from 'chai';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differentHives, layerListing, readLayer, writableFile, writeLayer } from '../fixtures/layers.ts';
import { applyPatch, makePatch, runs } from '../fixtures/patching.ts';
import { deleteEntries, registryPairs, treePairs, trees } from '../fixtures/random-layer.ts';
import { footprint, listing, readTree, withScratch, writeTree } from '../fixtures/tree.ts';

describe('law 1: apply(base, create(base, target)) = target', () => {
  it('of a plain directory, in place', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base, target }) =>
        withScratch(async (root) => {
          const [old, now] = [join(root, 'old'), join(root, 'now')];
          writeTree(old, base);
          writeTree(now, target);
          const patch = await makePatch({ base: old, target: now });
          await applyPatch(patch, { to: old });
          expect(listing(readTree(old))).to.deep.equal(listing(target));
          expect(listing(readTree(now)), 'the target that was only read').to.deep.equal(listing(target));
        }),
      ),
      runs(140),
    ));

  it('of a plain directory, into a new one; the old one stays as it was', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base, target }) =>
        withScratch(async (root) => {
          const [old, now, out] = [join(root, 'old'), join(root, 'now'), join(root, 'out')];
          writeTree(old, base);
          writeTree(now, target);
          const before = footprint(old);
          await applyPatch(await makePatch({ base: old, target: now }), { to: old, out });
          expect(listing(readTree(out))).to.deep.equal(listing(target));
          expect(footprint(old)).to.deep.equal(before);
        }),
      ),
      runs(70),
    ));

  const layerPairs = fc.record({
    program: treePairs,
    data: fc.oneof(treePairs, fc.record({ base: trees, target: trees })),
    registry: registryPairs,
    oldDeletes: deleteEntries,
    newDeletes: deleteEntries,
  });

  for (const inPlace of [true, false]) {
    it(`of a layer directory with its registry, ${inPlace ? 'in place' : 'into a new one'}`, () =>
      fc.assert(
        fc.asyncProperty(layerPairs, ({ program, data, registry, oldDeletes, newDeletes }) =>
          withScratch(async (root) => {
            const [old, now, out] = [join(root, 'old'), join(root, 'now'), join(root, 'out')];
            writeLayer(old, {
              version: '1.0',
              files: { ProgramFilesX64: program.base, AppData: data.base },
              registry: registry.base,
              deleteEntries: oldDeletes,
            });
            writeLayer(now, {
              version: '1.1',
              files: { ProgramFilesX64: program.target, AppData: data.target },
              registry: registry.target,
              deleteEntries: newDeletes,
            });
            const wanted = readLayer(now);
            const patch = await makePatch({ base: old, target: now });
            await applyPatch(patch, inPlace ? { to: old } : { to: old, out, copyWritable: true });
            const place = inPlace ? old : out;
            const made = readLayer(place);
            expect(layerListing(made)).to.deep.equal(layerListing(wanted));
            expect(differentHives(made.registry, wanted.registry)).to.deep.equal([]);
            expect(readFileSync(join(place, writableFile), 'utf8')).to.equal('what the user wrote');
            expect(JSON.parse(readFileSync(join(place, 'layer.json'), 'utf8'))).to.deep.include({
              version: '1.1',
              vendorField: { kept: true },
            });
            expect(existsSync(join(place, '.vpa-work'))).to.equal(false);
          }),
        ),
        runs(40),
      ));
  }
});
