/** One transaction over several layers: what it says of itself, and what it refuses. */
import { expect } from 'chai';
import { join } from 'node:path';
import { openStorePlace } from '../../../src/store/layers/store-place.ts';
import { type StoreTransaction, inOneTransaction } from '../../../src/store/layers/store-transaction.ts';
import { readLayer } from '../../../src/store/layers/stored-layer.ts';
import { type PatchFacts, readRecord } from '../../../src/store/transaction/record.ts';
import { watchingCalls } from '../../fixtures/file-calls.ts';
import type { LayerData } from '../../fixtures/layers.ts';
import { applyPatch, refusal } from '../../fixtures/patching.ts';
import { imprint, patchBetween, stored } from '../../fixtures/stores.ts';
import { treeOf, withScratch } from '../../fixtures/tree.ts';

const version = (text: string): LayerData => ({
  ...{ version: text, files: { AppData: treeOf({ a: text }) } },
  ...{ registry: new Map(), deleteEntries: [] },
});

/** Layer 1 has the version 1, layer 2 the version 3; the patches lead from each to the next number. */
async function prepared(root: string): Promise<{ store: string; patches: Buffer[] }> {
  await stored(root, version('1'));
  await stored(root, version('3'), 'other');
  const patches = [
    await patchBetween(root, version('1'), version('2')),
    await patchBetween(root, version('3'), version('4')),
  ];
  return { store: join(root, 'store'), patches };
}

const generations = (store: string): number[] =>
  [1, 2].map((layer) => readLayer(store, layer).current.number);

describe('one transaction on a store', () => {
  it('has one record, which tells of all layers, and shows nothing of any before', () =>
    withScratch(async (root) => {
      const { store, patches } = await prepared(root);
      const records: (PatchFacts | undefined)[] = [];
      await watchingCalls(
        (call, path) => {
          if (call === 'renameSync' && path.endsWith('take.json'))
            records.push(readRecord(path, store)?.patch);
        },
        async () =>
          inOneTransaction(store, {}, async (transaction) => {
            for (const [at, patch] of patches.entries()) {
              await applyPatch(patch, { place: openStorePlace({ store, layer: at + 1, transaction }) });
              expect(generations(store)).to.deep.equal([1, 1]);
            }
          }),
      );
      expect(generations(store)).to.deep.equal([2, 2]);
      expect(records).to.have.length(1);
      expect(records[0]).to.include({ from: 'Notes 1, Notes 3', to: 'Notes 2, Notes 4' });
    }));

  it('is nothing where the last of its patches is refused, or it is cancelled', () =>
    withScratch(async (root) => {
      const { store, patches } = await prepared(root);
      const before = imprint(store);
      const apply = async (layer: number, transaction: StoreTransaction): Promise<unknown> =>
        applyPatch(patches[0]!, { place: openStorePlace({ store, layer, transaction }) });
      const wrong = async (): Promise<void> =>
        inOneTransaction(store, {}, async (transaction) => {
          await apply(1, transaction);
          await apply(2, transaction);
        });
      await refusal(wrong, 'E_BASE_MISMATCH');
      expect(imprint(store)).to.deep.equal(before);
      const options = { signal: AbortSignal.abort() };
      const cancelled = async (): Promise<unknown> =>
        inOneTransaction(store, options, async (transaction) => apply(1, transaction));
      await refusal(cancelled, 'E_CANCELLED');
      expect(imprint(store)).to.deep.equal(before);
    }));

  it('refuses to make two generations of one layer', () =>
    withScratch(async (root) => {
      const { store, patches } = await prepared(root);
      const twice = async (): Promise<void> =>
        inOneTransaction(store, {}, async (transaction) => {
          for (let at = 0; at < 2; at++)
            await applyPatch(patches[0]!, { place: openStorePlace({ store, layer: 1, transaction }) });
        });
      const { message } = await refusal(twice, 'E_CONFLICT');
      expect(message).to.contain('is changed twice in one transaction');
      expect(generations(store)).to.deep.equal([1, 1]);
    }));
});
