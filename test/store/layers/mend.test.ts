/** Records of a layer that somebody has damaged: what brings them back, and what says that it cannot. */
import { expect } from 'chai';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectGarbage } from '../../../src/store/layers/collect.ts';
import { mendRecords } from '../../../src/store/layers/mend.ts';
import { readInventory } from '../../../src/store/layers/inventory.ts';
import { readCatalogue, readLayer } from '../../../src/store/layers/stored-layer.ts';
import { undoLayer } from '../../../src/store/layers/undo-layer.ts';
import type { LayerData } from '../../fixtures/layers.ts';
import { refusal } from '../../fixtures/patching.ts';
import { applyInStore, imprint, patchBetween, stored } from '../../fixtures/stores.ts';
import { treeOf, withScratch } from '../../fixtures/tree.ts';

const version = (number: number): LayerData => ({
  version: String(number),
  files: { AppData: treeOf({ readme: String(number), same: 'same' }) },
  registry: new Map(),
  deleteEntries: [],
});

/** What there is to be damaged of a layer, by its path in the folder of the layer. */
const pointer = 'current.json';
const record = 'generations/2/.vpa/generation.json';
const inventory = 'generations/2/.vpa/inventory';
const description = 'generations/2/layer.json';

const ways: Readonly<Record<string, (path: string) => void>> = {
  missing: (path) => rmSync(path),
  empty: (path) => writeFileSync(path, ''),
  garbage: (path) => writeFileSync(path, Buffer.from('\u0001{"format":9}\uffff')),
  'cut off': (path) => writeFileSync(path, readFileSync(path).subarray(0, -7)),
  'a folder': (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};

describe('a damaged record of a layer', function () {
  this.timeout(120_000);
  /** A store with a layer of two generations, of which the second counts. */
  const withLayer = (use: (store: string, layer: string) => Promise<void>): Promise<void> =>
    withScratch(async (root) => {
      await stored(root, version(1));
      await applyInStore(root, await patchBetween(root, version(1), version(2)), { layer: 1 });
      await use(join(root, 'store'), join(root, 'store/1'));
    });
  const contents = (folder: string): string[] =>
    // The file is another one, its mode and its content are not.
    imprint(folder).map((line) => line.replace(/^(\S+ \d+) \d+ \S* /, '$1 '));
  const mend = async (store: string): Promise<string[]> =>
    (await mendRecords(store, 1, { durable: false })).map((one) => `${one.record} ${one.generation}`);

  it('is none where all is whole, and then nothing is written', () =>
    withLayer(async (store) => {
      const before = imprint(store);
      expect(await mend(store)).to.deep.equal([]);
      expect(imprint(store)).to.deep.equal(before);
    }));

  for (const [way, damage] of Object.entries(ways)) {
    for (const [path, what] of [
      [pointer, 'pointer 2'],
      [record, 'generation 2'],
      [inventory, 'inventory 2'],
    ] as const) {
      it(`that is ${way} comes back: ${path}`, () =>
        withLayer(async (store, layer) => {
          const before = contents(store);
          damage(join(layer, path));
          const { damaged } = readCatalogue(store);
          for (const { error } of damaged)
            expect(`${error.code} ${error.help}`).to.match(/^E_CONFLICT .*vpa repair 1/);
          expect(damaged).to.have.length(path === inventory ? 0 : 1);
          expect(await mend(store)).to.deep.equal([what]);
          expect(contents(store)).to.deep.equal(before);
          const { current } = readLayer(store, 1);
          expect(current.number).to.equal(2);
          expect(readInventory(current).size).to.equal(current.record.entries);
        }));
    }

    it(`that is ${way} and cannot be known again says what to do, and undo goes back: ${description}`, () =>
      withLayer(async (store, layer) => {
        damage(join(layer, description));
        const before = imprint(store);
        const error = await refusal(() => mend(store), 'E_CONFLICT');
        expect(error.message).to.contain('layer.json is missing or damaged');
        expect(error.help).to.contain('vpa layer undo 1');
        expect(imprint(store)).to.deep.equal(before);
        const heard: string[] = [];
        const collected = await collectGarbage(store, {
          keep: 1,
          onDamaged: ({ code }) => void heard.push(code),
        });
        expect([collected, heard]).to.deep.equal([[], ['E_CONFLICT']]);
        expect(imprint(store)).to.deep.equal(before);
        const { before: was, after } = await undoLayer(store, 1, { durable: false });
        expect([was, after.current.number, after.identity.version]).to.deep.equal([null, 1, '1']);
      }));
  }

  it('is not made up where the contents are not what it said', () =>
    withLayer(async (store, layer) => {
      writeFileSync(join(layer, 'generations/2/read-only/files/AppData/readme'), 'changed');
      for (const path of [inventory, record]) {
        const kept = readFileSync(join(layer, path));
        rmSync(join(layer, path));
        const before = imprint(store);
        await refusal(() => mend(store), 'E_CONFLICT');
        expect(imprint(store)).to.deep.equal(before);
        writeFileSync(join(layer, path), kept);
      }
      // Neither where both are gone.
      for (const path of [inventory, record]) rmSync(join(layer, path));
      await refusal(() => mend(store), 'E_CONFLICT');
    }));

  it('which says which generation counts leads to the newest that is whole or can be mended', () =>
    withLayer(async (store, layer) => {
      rmSync(join(layer, pointer));
      rmSync(join(layer, record));
      expect(await mend(store)).to.deep.equal(['generation 2', 'pointer 2']);
      rmSync(join(layer, pointer));
      rmSync(join(layer, description));
      expect(await mend(store)).to.deep.equal(['pointer 1']);
      rmSync(join(layer, pointer));
      rmSync(join(layer, 'generations/1'), { recursive: true });
      await refusal(() => mend(store), 'E_CONFLICT');
    }));

  it('of the generation that counts keeps the others where garbage is collected', () =>
    withLayer(async (store, layer) => {
      rmSync(join(layer, inventory));
      const before = imprint(store);
      const heard: string[] = [];
      await collectGarbage(store, { keep: 1, onDamaged: ({ code }) => void heard.push(code) });
      expect(heard).to.deep.equal(['E_CONFLICT']);
      expect(imprint(store)).to.deep.equal(before);
    }));
});
