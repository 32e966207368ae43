/** What is removed from a store, and what never is. */
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectGarbage } from '../../../src/store/layers/collect.ts';
import { deleteLayer } from '../../../src/store/layers/delete-layer.ts';
import { findLayer } from '../../../src/store/layers/find-layer.ts';
import { readCatalogue, readLayer } from '../../../src/store/layers/stored-layer.ts';
import { undoLayer } from '../../../src/store/layers/undo-layer.ts';
import type { LayerData } from '../../fixtures/layers.ts';
import { refusal } from '../../fixtures/patching.ts';
import { noise } from '../../fixtures/random-layer.ts';
import { applyInStore, imprint, patchBetween, stored } from '../../fixtures/stores.ts';
import { folder, treeOf, withScratch } from '../../fixtures/tree.ts';

const version = (number: number): LayerData => ({
  version: String(number),
  files: {
    AppData: treeOf({
      same: noise(5000, 1),
      changed: noise(700, number),
      closed: folder(0o555),
      'closed/x': 'x',
    }),
  },
  registry: new Map(),
  deleteEntries: [],
});

/** A store whose layer 1 has the generations 1 to `count`. */
async function withGenerations(root: string, count: number): Promise<string> {
  await stored(root, version(1));
  for (let n = 1; n < count; n++) {
    await applyInStore(root, await patchBetween(root, version(n), version(n + 1)), { layer: 1, keep: 9 });
  }
  return join(root, 'store');
}

/** A program that works in a folder until it is told to end. */
async function withProgramIn(place: string, use: () => Promise<void>): Promise<void> {
  const child = spawn('sleep', ['60'], { cwd: place, stdio: 'ignore' });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  try {
    await use();
  } finally {
    child.kill();
    await ended;
  }
}

describe('removal from a store', () => {
  it('leaves the current generation and where undo leads, or as many as one says', () =>
    withScratch(async (root) => {
      const store = await withGenerations(root, 4);
      const current = imprint(readLayer(store, 1).current.directory);
      const dry = await collectGarbage(store, { dryRun: true });
      expect(dry.map(({ removed }) => removed)).to.deep.equal([[1, 2]]);
      expect(readLayer(store, 1).generations).to.deep.equal([1, 2, 3, 4]);
      const [first] = await collectGarbage(store);
      // What they alone had: one small file each and our own; the large one is still there.
      const own = [1, 2].length * 700;
      expect(first!.freed)
        .to.equal(dry[0]!.freed)
        .and.to.be.within(own, own + 5000);
      expect(readLayer(store, 1).generations).to.deep.equal([3, 4]);
      await collectGarbage(store, { keep: 1 });
      expect(readLayer(store, 1).generations).to.deep.equal([4]);
      expect(imprint(readLayer(store, 1).current.directory)).to.deep.equal(current);
      const error = await refusal(() => undoLayer(store, 1), 'E_INPUT');
      expect(error.help).to.contain('generation 3 was removed');
    }));

  it('goes by where undo leads, not by numbers', () =>
    withScratch(async (root) => {
      const store = await withGenerations(root, 3);
      await undoLayer(store, 1);
      await collectGarbage(store);
      expect(readLayer(store, 1).generations).to.deep.equal([1, 2]);
      expect(readLayer(store, 1).current.number).to.equal(2);
    }));

  it('never takes a generation that a program is in, or has a file of open', async function () {
    if (process.platform !== 'linux') this.skip();
    await withScratch(async (root) => {
      const store = await withGenerations(root, 3);
      const first = join(store, '1', 'generations', '1');
      await withProgramIn(join(first, 'read-only', 'files', 'AppData'), async () => {
        const [layer] = await collectGarbage(store, { keep: 1 });
        expect(layer!.removed).to.deep.equal([2]);
        expect(layer!.inUse.map(({ generation, program }) => [generation, program])).to.deep.equal([
          [1, 'sleep'],
        ]);
        await refusal(() => deleteLayer(store, 1, { withWritable: true }), 'E_BUSY');
      });
      await collectGarbage(store, { keep: 1 });
      expect(existsSync(first)).to.equal(false);
    });
  });

  it('of a layer is all of it, but not what users wrote unless that is said', () =>
    withScratch(async (root) => {
      const store = await withGenerations(root, 2);
      await stored(root, version(1), 'other');
      const error = await refusal(() => deleteLayer(store, 1), 'E_CONFLICT');
      expect(error.message).to.contain('alice');
      await deleteLayer(store, 1, { withWritable: true });
      expect(readCatalogue(store).layers.map(({ number }) => number)).to.deep.equal([2]);
      expect(existsSync(join(store, '.vpa-work'))).to.equal(false);
      await refusal(() => deleteLayer(store, 1), 'E_INPUT');
    }));

  it('is refused where a layer cannot be read now, which is not called damaged', () =>
    withScratch(async (root) => {
      const { watchingAllCalls } = await import('../../fixtures/file-calls.ts');
      const store = await withGenerations(root, 3);
      const pointer = join(store, '1', 'current.json');
      for (const code of ['EIO', 'EACCES', 'EMFILE']) {
        const error = await refusal(async () =>
          watchingAllCalls(
            (call, path) => {
              if (call === 'readFileSync' && path === pointer) throw Object.assign(new Error(code), { code });
            },
            async () => collectGarbage(store, { keep: 1 }),
          ),
        );
        expect([error.code, error.entry]).to.deep.equal(['E_INPUT', pointer]);
        expect(error.help).not.to.contain('delete');
      }
      expect(readLayer(store, 1).generations).to.deep.equal([1, 2, 3]);
    }));

  it('is refused with a code where a folder of the store cannot be listed', () =>
    withScratch(async (root) => {
      const { watchingAllCalls } = await import('../../fixtures/file-calls.ts');
      const store = await withGenerations(root, 1);
      for (const folder of ['1/writable', '1/generations']) {
        const error = await refusal(async () =>
          watchingAllCalls(
            (call, path) => {
              if (call === 'readdirSync' && path === join(store, folder))
                throw Object.assign(new Error('EIO'), { code: 'EIO' });
            },
            async () => readLayer(store, 1),
          ),
        );
        expect([error.code, error.entry]).to.deep.equal(['E_INPUT', join(store, folder)]);
      }
    }));

  it('is possible for a layer that is damaged', () =>
    withScratch(async (root) => {
      const store = await withGenerations(root, 1);
      mkdirSync(join(store, '4'));
      await refusal(() => findLayer(store, '4'), 'E_CONFLICT');
      await deleteLayer(store, 4);
      expect(existsSync(join(store, '4'))).to.equal(false);
    }));
});

describe('a layer of a store', () => {
  it('is found by its number, its id, or its name, where that is the name of one', () =>
    withScratch(async (root) => {
      const store = await withGenerations(root, 1);
      expect(
        ['1', 'Notes', readLayer(store, 1).identity.id].map((text) => findLayer(store, text).number),
      ).to.deep.equal([1, 1, 1]);
      await refusal(() => findLayer(store, 'nobody'), 'E_INPUT');
      await stored(root, version(1), 'other');
      const error = await refusal(() => findLayer(store, 'Notes'), 'E_CONFLICT');
      expect(error.details).to.deep.equal(['layer 1 (Notes 1)', 'layer 2 (Notes 1)']);
    }));

  it('is never shown in a state between two: the pointer is there at every moment', () =>
    withScratch(async (root) => {
      const { watchingCalls } = await import('../../fixtures/file-calls.ts');
      const store = await withGenerations(root, 1);
      const patch = await patchBetween(root, version(1), version(2));
      const pointer = join(store, '1', 'current.json');
      const seen = new Set<string>();
      const look = (): void => void seen.add(readFileSync(pointer, 'utf8'));
      await watchingCalls(look, async () => applyInStore(root, patch, { layer: 1 }));
      await watchingCalls(look, async () => undoLayer(store, 1));
      expect(
        [...seen].map((text) => (JSON.parse(text) as { generation: number }).generation).sort(),
      ).to.deep.equal([1, 2]);
    }));

  it('refuses an inventory that is not the one it was made with', () =>
    withScratch(async (root) => {
      const store = await withGenerations(root, 1);
      const { readInventory } = await import('../../../src/store/layers/inventory.ts');
      const { current } = readLayer(store, 1);
      const path = join(current.directory, '.vpa', 'inventory');
      expect(statSync(path).size).to.be.above(100);
      writeFileSync(path, readFileSync(path, 'utf8').replace('AppData/same', 'AppData/none'));
      await refusal(() => readInventory(current), 'E_CONFLICT');
    }));
});
