/** Bringing an installed folder back to the state of a source, whatever has become of it. */
import { expect } from 'chai';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { undoDirectory } from '../../src/store/undo.ts';
import { type LayerData, differentHives, layerListing, readLayer, writeLayer } from '../fixtures/layers.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { refusal, runs } from '../fixtures/patching.ts';
import { deleteEntries, registryPairs, treePairs } from '../fixtures/random-layer.ts';
import { repairFolder } from '../fixtures/repairing.ts';
import {
  type Tree,
  footprint,
  listing,
  parentsOf,
  readTree,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

/** What a folder is to be: the source, and what is not in the way of it. Null where something is. */
function repaired(damaged: Tree, source: Tree): Tree | null {
  const extras = [...damaged].filter(([path]) => !source.has(path));
  const inTheWay = extras.some(([path]) =>
    parentsOf(path).some((up) => (source.get(up)?.type ?? 'directory') !== 'directory'),
  );
  return inTheWay ? null : new Map([...source, ...extras]);
}

const without = ['.vpa'];

describe('repair', () => {
  // What one version is to another is what a folder is to its source after any damage.
  it('gives the source and what was extra, of any tree after any damage; undo gives the damage back', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base: source, target: damaged }) =>
        withScratch(async (root) => {
          const place = join(root, 'app');
          writeTree(place, damaged);
          const before = listing(readTree(root));
          const options = { to: place, from: memoryLayer(source), force: true };
          const wanted = repaired(damaged, source);
          if (wanted === null) {
            const untouched = footprint(root);
            const error = await refusal(() => repairFolder(options), 'E_CONFLICT');
            expect(error.help).to.contain('--remove-extra');
            expect(footprint(root)).to.deep.equal(untouched);
            return;
          }
          const { changes } = await repairFolder(options);
          expect(listing(readTree(place, without))).to.deep.equal(listing(wanted));
          const now = footprint(root);
          expect((await repairFolder(options)).changes).to.deep.equal([]);
          expect(footprint(root)).to.deep.equal(now);
          expect(existsSync(join(place, '.vpa'))).to.equal(changes.length > 0);
          if (changes.length === 0) return;
          await undoDirectory(place);
          expect(listing(readTree(root))).to.deep.equal(before);
        }),
      ),
      runs(80),
    ));

  it('gives the source alone where extra entries are to go', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base: source, target: damaged }) =>
        withScratch(async (root) => {
          writeTree(root, damaged);
          const options = { to: root, from: memoryLayer(source), force: true, removeExtra: true };
          await repairFolder({ ...options, backup: 'none' });
          expect(listing(readTree(root))).to.deep.equal(listing(source));
        }),
      ),
      runs(40),
    ));

  it('restores a layer with its registry and delete entries, and never the writable sublayers', () =>
    fc.assert(
      fc.asyncProperty(treePairs, registryPairs, deleteEntries, (files, registry, deletes) =>
        withScratch(async (root) => {
          const [place, source] = [join(root, 'app'), join(root, 'source')];
          const good: LayerData = {
            ...{ version: '1', files: { AppData: files.base }, registry: registry.base },
            deleteEntries: deletes,
          };
          const bad: LayerData = {
            ...{ version: '1', files: { AppData: files.target }, registry: registry.target },
            deleteEntries: [],
          };
          writeLayer(place, bad);
          writeLayer(source, good);
          const options = { to: place, from: source, force: true };
          const wanted = repaired(files.target, files.base);
          const before = readTree(place);
          if (wanted === null) {
            await refusal(() => repairFolder(options), 'E_CONFLICT');
            expect(listing(readTree(place))).to.deep.equal(listing(before));
            return;
          }
          await repairFolder(options);
          const after = readLayer(place);
          const extraHives = [...registry.target].filter(([hive]) => !registry.base.has(hive));
          const hives = new Map([...registry.base, ...extraHives]);
          expect(differentHives(after.registry, hives)).to.deep.equal([]);
          const all = {
            ...good,
            files: wanted.size > 0 ? { AppData: wanted } : {},
            registry: after.registry,
          };
          expect(layerListing(after)).to.deep.equal(layerListing(all));
          expect(listing(readTree(join(place, 'writable')))).to.deep.equal(
            listing(readTree(join(source, 'writable'))),
          );
          if (!existsSync(join(place, '.vpa'))) return;
          await undoDirectory(place);
          expect(listing(readTree(place))).to.deep.equal(listing(before));
        }),
      ),
      runs(30),
    ));
});
