import { expect } from 'chai';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { undoDirectory } from '../../src/store/undo.ts';
import { differentHives, layerListing, readLayer, writableFile, writeLayer } from '../fixtures/layers.ts';
import { applyPatch, applyPatches, makePatch, runs } from '../fixtures/patching.ts';
import { deleteEntries, registryVersions, treeVersions } from '../fixtures/random-layer.ts';
import { listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

/** Another order than the right one, for most numbers. */
function shuffled<T>(list: readonly T[], by: number): T[] {
  const rest = [...list];
  return list.map((_, at) => rest.splice((by + at) % rest.length, 1)[0]!);
}

const orders = fc.nat(5);

describe('law 1, of several patches: apply(together) = apply(one after the other)', function () {
  this.timeout(300_000);
  it('of a plain directory, in place, in any order; undo goes back to the first version', () =>
    fc.assert(
      fc.asyncProperty(treeVersions(4), orders, (versions, order) =>
        withScratch(async (root) => {
          const places = versions.map((tree, at) => {
            const place = join(root, `v${at}`);
            writeTree(place, tree);
            return place;
          });
          const patches: Buffer[] = [];
          for (const [at, target] of places.slice(1).entries()) {
            const identity = { from: `1.${at}.0`, to: `1.${at + 1}.0` };
            patches.push(await makePatch({ base: places[at]!, target, sequence: at, ...identity }));
          }
          const old = places[0]!;
          const before = listing(readTree(old));
          await applyPatches(shuffled(patches, order), { to: old, backup: 'keep' });
          expect(listing(readTree(old, ['.vpa']))).to.deep.equal(listing(versions.at(-1)!));
          await undoDirectory(old);
          expect(listing(readTree(old))).to.deep.equal(before);
        }),
      ),
      runs(16),
    ));

  it('of a plain directory, into a new one', () =>
    fc.assert(
      fc.asyncProperty(treeVersions(3), orders, (versions, order) =>
        withScratch(async (root) => {
          const places = versions.map((tree, at) => {
            const place = join(root, `v${at}`);
            writeTree(place, tree);
            return place;
          });
          const patches: Buffer[] = [];
          for (const [at, target] of places.slice(1).entries()) {
            const identity = { from: `1.${at}.0`, to: `1.${at + 1}.0` };
            patches.push(await makePatch({ base: places[at]!, target, ...identity }));
          }
          const out = join(root, 'out');
          await applyPatches(shuffled(patches, order), { to: places[0]!, out });
          if (existsSync(out)) expect(listing(readTree(out))).to.deep.equal(listing(versions.at(-1)!));
          expect(listing(readTree(places[0]!))).to.deep.equal(listing(versions[0]!));
        }),
      ),
      runs(10),
    ));

  it('of a layer directory with its registry and delete entries', () =>
    fc.assert(
      fc.asyncProperty(
        treeVersions(3),
        registryVersions(3),
        fc.tuple(deleteEntries, deleteEntries, deleteEntries),
        orders,
        (trees, registries, deletes, order) =>
          withScratch(async (root) => {
            const write = (name: string, at: number): string => {
              const place = join(root, name);
              writeLayer(place, {
                version: `1.${at}`,
                files: { ProgramFilesX64: trees[at]!, AppData: treeOf({ version: String(at) }) },
                registry: registries[at]!,
                deleteEntries: deletes[at]!,
              });
              return place;
            };
            const places = trees.map((_, at) => write(`v${at}`, at));
            const patches: Buffer[] = [];
            for (const [at, target] of places.slice(1).entries())
              patches.push(await makePatch({ base: places[at]!, target }));
            const [together, apart] = [write('together', 0), write('apart', 0)];
            for (const patch of patches) await applyPatch(patch, { to: apart });
            await applyPatches(shuffled(patches, order), { to: together });
            // The list of delete entries is not written where it is the same again.
            const without = ['read-only/delete-entries.json'];
            expect(listing(readTree(together, without))).to.deep.equal(listing(readTree(apart, without)));
            const [made, wanted] = [readLayer(together), readLayer(places.at(-1)!)];
            expect(layerListing(made)).to.deep.equal(layerListing(wanted));
            expect(differentHives(made.registry, wanted.registry)).to.deep.equal([]);
            expect(readFileSync(join(together, writableFile), 'utf8')).to.equal('what the user wrote');
          }),
      ),
      runs(10),
    ));
});
