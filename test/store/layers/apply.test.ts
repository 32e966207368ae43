/** Patches of layers in a store: what comes of it, what is shared, and what stays as it was. */
import { expect } from 'chai';
import fc from 'fast-check';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectory } from '../../../src/layer/directory-layer.ts';
import { noRules } from '../../../src/layer/rules.ts';
import { driftOf } from '../../../src/store/layers/drift.ts';
import { readCatalogue, readLayer } from '../../../src/store/layers/stored-layer.ts';
import { undoLayer } from '../../../src/store/layers/undo-layer.ts';
import { stateOf } from '../../../src/store/state-of.ts';
import {
  type LayerData,
  differentHives,
  layerListing,
  readLayer as readData,
} from '../../fixtures/layers.ts';
import { makePatch, refusal, runs } from '../../fixtures/patching.ts';
import { registryPairs, treePairs } from '../../fixtures/random-layer.ts';
import { applyInStore, imprint, inodesIn, patchBetween, stored } from '../../fixtures/stores.ts';
import { file, folder, link, listing, readTree, treeOf, withScratch } from '../../fixtures/tree.ts';

const none = { registry: new Map(), deleteEntries: [] };
const one: LayerData = {
  ...none,
  version: '1',
  files: {
    AppData: treeOf({
      same: 'same',
      changed: 'one',
      mode: file('mode', 0o644),
      'd/moves': 'moves',
      'd/turns': file('turns', 0o644),
      'closed/x': 'x',
      closed: folder(0o555),
      gone: 'gone',
      link: link('same'),
    }),
  },
};
const two: LayerData = {
  ...none,
  version: '2',
  files: {
    AppData: treeOf({
      same: 'same',
      changed: 'two',
      mode: file('mode', 0o755),
      'e/moved': 'moves',
      'e/turned': file('turns', 0o600),
      'closed/x': 'x',
      'closed/y': 'y',
      closed: folder(0o555),
      link: link('mode'),
    }),
  },
};
const three: LayerData = {
  ...two,
  version: '3',
  files: { AppData: treeOf({ same: 'same', changed: 'three' }) },
};

describe('a patch of a layer in a store', () => {
  it('makes the next generation, and leaves the one before exactly as it was', () =>
    withScratch(async (root) => {
      const before = await stored(root, one);
      const imprinted = imprint(before.current.directory);
      const { layer } = await applyInStore(root, await patchBetween(root, one, two), { layer: 1 });
      expect(layer.current.number).to.equal(2);
      expect(layer.generations).to.deep.equal([1, 2]);
      expect(layer.identity.version).to.equal('2');
      expect(layerListing(readData(layer.current.directory))).to.deep.equal(layerListing(two));
      expect(imprint(before.current.directory)).to.deep.equal(imprinted);
      expect(await driftOf(layer.current)).to.deep.equal([]);
    }));

  it('shares the files that it does not touch, and no others: not one whose mode alone is another', () =>
    withScratch(async (root) => {
      const before = await stored(root, one);
      const { layer } = await applyInStore(root, await patchBetween(root, one, two), { layer: 1 });
      const [old, now] = [before, layer].map(({ current }) => inodesIn(join(current.directory, 'read-only')));
      const shared = [...now!]
        .filter(([, file_]) => [...old!.values()].includes(file_))
        .map(([name]) => name);
      const at = (name: string): string => join('files', 'AppData', ...name.split('/'));
      expect(shared.sort()).to.deep.equal([at('closed/x'), at('e/moved'), at('same')].sort());
      expect(now!.get(at('e/moved'))).to.equal(old!.get(at('d/moves')));
      expect(statSync(join(before.current.directory, 'read-only', at('mode'))).mode & 0o777).to.equal(0o644);
      expect(statSync(join(before.current.directory, 'read-only', at('d/turns'))).mode & 0o777).to.equal(
        0o644,
      );
    }));

  it('is once where it is done twice', () =>
    withScratch(async (root) => {
      await stored(root, one);
      const patch = await patchBetween(root, one, two);
      await applyInStore(root, patch, { layer: 1 });
      const after = listing(readTree(join(root, 'store')));
      const { notices } = await applyInStore(root, patch, { layer: 1 });
      expect(notices).to.include('already-applied');
      expect(listing(readTree(join(root, 'store')))).to.deep.equal(after);
    }));

  it('leaves what users wrote alone, and nothing in the work folder', () =>
    withScratch(async (root) => {
      const { folder: place } = await stored(root, one);
      const written = listing(readTree(join(place, 'writable')));
      expect(written).not.to.have.length(0);
      await applyInStore(root, await patchBetween(root, one, two), { layer: 1 });
      expect(listing(readTree(join(place, 'writable')))).to.deep.equal(written);
      expect(readdirSync(join(root, 'store')).sort()).to.deep.equal(['1', 'store.json']);
    }));

  it('keeps the name that the layer has in the store', () =>
    withScratch(async (root) => {
      await stored(root, one);
      const { layer } = await applyInStore(root, await patchBetween(root, one, two, { name: 'Other' }), {
        layer: 1,
      });
      expect(layer.identity).to.include({ name: 'Notes', version: '2' });
    }));

  it('makes a layer of its own where that is asked for: shared files, and what users wrote on demand', () =>
    withScratch(async (root) => {
      const before = await stored(root, one);
      const patch = await patchBetween(root, one, two);
      const imprinted = imprint(before.folder);
      const { layer } = await applyInStore(root, patch, { layer: 1, mode: 'new' });
      expect([layer.number, layer.current.number, layer.current.record.previous]).to.deep.equal([2, 1, null]);
      expect(layer.users).to.deep.equal([]);
      expect(layerListing(readData(layer.current.directory))).to.deep.equal(layerListing(two));
      expect(imprint(before.folder)).to.deep.equal(imprinted);
      const copied = await applyInStore(root, patch, { layer: 1, mode: 'new', copyWritable: true });
      expect([copied.layer.number, copied.layer.users]).to.deep.equal([3, ['alice']]);
      const [ours, theirs] = [copied.layer, before].map((it) => inodesIn(join(it.folder, 'writable')));
      expect([...ours!.keys()]).to.deep.equal([...theirs!.keys()]);
      expect([...ours!.values()].some((ino) => [...theirs!.values()].includes(ino))).to.equal(false);
      await refusal(() => undoLayer(join(root, 'store'), 2), 'E_INPUT');
    }));

  it('has as many generations left as it is told, in the order of undo', () =>
    withScratch(async (root) => {
      await stored(root, one);
      const [first, second] = [await patchBetween(root, one, two), await patchBetween(root, two, three)];
      await applyInStore(root, first, { layer: 1 });
      const { layer } = await applyInStore(root, second, { layer: 1 });
      expect(layer.generations).to.deep.equal([1, 2, 3]);
      const store = join(root, 'store');
      expect(readLayer(store, 1).generations).to.deep.equal([2, 3]);
      await undoLayer(store, 1);
      // The one that was undone is nobody's any more.
      await applyInStore(root, second, { layer: 1, keep: 3 });
      expect(readLayer(store, 1).generations).to.deep.equal([2, 4]);
      expect(readLayer(store, 1).current.record.previous).to.equal(2);
    }));

  it('refuses an older patch than the layer has had, and knows again what it had when that is undone', () =>
    withScratch(async (root) => {
      await stored(root, one);
      const newer = await patchBetween(root, one, two, { sequence: 5 });
      await applyInStore(root, newer, { layer: 1 });
      const older = await patchBetween(root, two, three, { sequence: 4 });
      await refusal(() => applyInStore(root, older, { layer: 1 }), 'E_DOWNGRADE');
      await applyInStore(root, older, { layer: 1, allowDowngrade: true });
      await undoLayer(join(root, 'store'), 1);
      await refusal(() => applyInStore(root, older, { layer: 1 }), 'E_DOWNGRADE');
    }));

  it('writes nothing when it is only rehearsed', () =>
    withScratch(async (root) => {
      await stored(root, one);
      const before = imprint(join(root, 'store'));
      await applyInStore(root, await patchBetween(root, one, two), { layer: 1, dryRun: true });
      expect(imprint(join(root, 'store'))).to.deep.equal(before);
    }));

  it('is refused where an entry that it touches was changed from outside, which a look at everything finds', () =>
    withScratch(async (root) => {
      const { current } = await stored(root, one);
      writeFileSync(join(current.directory, 'read-only', 'files', 'AppData', 'changed'), 'mine');
      const patch = await patchBetween(root, one, two);
      await refusal(() => applyInStore(root, patch, { layer: 1 }), 'E_BASE_MISMATCH');
      expect(await driftOf(current)).to.deep.equal([{ name: 'AppData/changed', what: 'changed' }]);
      expect(readLayer(join(root, 'store'), 1).current.number).to.equal(1);
    }));

  it('and undo are the identity: the very same files, of random layers with registry and delete entries', () =>
    fc.assert(
      fc.asyncProperty(treePairs, registryPairs, fc.boolean(), (files, registry, hides) =>
        withScratch(async (root) => {
          const pair = (side: 'base' | 'target', version: string): LayerData => ({
            version,
            files: { AppData: files[side] },
            registry: registry[side],
            deleteEntries: hides === (side === 'base') ? ['AppData2/hides'] : [],
          });
          const [base, target] = [pair('base', '1'), pair('target', '2')];
          const before = await stored(root, base);
          const imprinted = imprint(before.current.directory);
          const { layer } = await applyInStore(root, await patchBetween(root, base, target), { layer: 1 });
          const now = readData(layer.current.directory);
          expect(layerListing(now)).to.deep.equal(layerListing(readData(join(root, 'target-2'))));
          expect(differentHives(now.registry, readData(join(root, 'target-2')).registry)).to.deep.equal([]);
          // The record, made without reading what was not touched, says what reading everything says.
          const { digest, entries, size } = await stateOf(openDirectory(layer.current.directory), noRules);
          expect(layer.current.record).to.include({ digest, entries, size });
          expect(imprint(before.current.directory)).to.deep.equal(imprinted);
          await undoLayer(join(root, 'store'), 1, { durable: false });
          expect(readLayer(join(root, 'store'), 1).current.number).to.equal(1);
          expect(imprint(before.current.directory)).to.deep.equal(imprinted);
        }),
      ),
      runs(15),
    ));

  it('keeps a removed folder that has more in it than the rules of the patch show', () =>
    withScratch(async (root) => {
      const base = { ...one, files: { AppData: treeOf({ a: 'a', 'd/x': 'x', 'd/log': 'log' }) } };
      const target = { ...two, files: { AppData: treeOf({ a: 'b' }) } };
      await stored(root, base);
      const patch = await patchBetween(root, base, target, { excludes: ['log'] });
      const { layer } = await applyInStore(root, patch, { layer: 1 });
      expect(existsSync(join(layer.current.directory, 'read-only/files/AppData/d/log'))).to.equal(true);
      expect(await driftOf(layer.current)).to.deep.equal([]);
    }));

  it('does not take a layer for whole whose generation is missing, and lists the others', () =>
    withScratch(async (root) => {
      await stored(root, one);
      await stored(root, two, 'other');
      mkdirSync(join(root, 'store', '7'));
      writeFileSync(join(root, 'store', '7', 'current.json'), '{"format":1,"generation":3}\n');
      const { layers, damaged } = readCatalogue(join(root, 'store'));
      expect(layers.map(({ number }) => number)).to.deep.equal([1, 2]);
      expect(damaged.map(({ number, error }) => [number, error.code])).to.deep.equal([[7, 'E_CONFLICT']]);
    }));

  it('of a plain application directory is the same as of the directory itself', () =>
    withScratch(async (root) => {
      const { importLayer } = await import('../../../src/store/layers/import-layer.ts');
      const { writeTree } = await import('../../fixtures/tree.ts');
      writeTree(join(root, 'a'), treeOf({ x: 'one', 'd/y': 'y' }));
      writeTree(join(root, 'b'), treeOf({ x: 'two', 'd/y': 'y', z: 'z' }));
      const patch = await makePatch({ base: join(root, 'a'), target: join(root, 'b'), codecs: [] });
      const identity = { id: 'notes', name: 'Notes', version: '1' };
      await importLayer(join(root, 'store'), openDirectory(join(root, 'a')), { identity });
      const { layer } = await applyInStore(root, patch, { layer: 1 });
      const made = readTree(join(layer.current.directory, 'read-only', 'files', 'AppRoot'));
      expect(listing(made)).to.deep.equal(listing(readTree(join(root, 'b'))));
      expect(readFileSync(join(root, 'store', '1', 'current.json'), 'utf8')).to.equal(
        '{"format":1,"generation":2}\n',
      );
    }));
});
