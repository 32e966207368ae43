/** One run at a time on a store: another one is refused, and leaves no trace. */
import { expect } from 'chai';
import { join } from 'node:path';
import { claimStore } from '../../../src/store/layers/claim-store.ts';
import { readLayer } from '../../../src/store/layers/stored-layer.ts';
import { undoLayer } from '../../../src/store/layers/undo-layer.ts';
import { createFlusher } from '../../../src/store/transaction/flush.ts';
import type { LayerData } from '../../fixtures/layers.ts';
import { refusal } from '../../fixtures/patching.ts';
import { applyInStore, imprint, patchBetween, stored } from '../../fixtures/stores.ts';
import { treeOf, withScratch } from '../../fixtures/tree.ts';

const version = (text: string): LayerData => ({
  ...{ version: text, files: { AppData: treeOf({ a: text }) } },
  ...{ registry: new Map(), deleteEntries: [] },
});

describe('a store that another run is changing', () => {
  it('is busy for patches and for undo, and both go well afterwards', () =>
    withScratch(async (root) => {
      await stored(root, version('1'));
      const store = join(root, 'store');
      const patch = await patchBetween(root, version('1'), version('2'));
      const claimed = await claimStore(store, { flusher: createFlusher(false) });
      const before = imprint(join(store, '1'));
      await refusal(() => applyInStore(root, patch, { layer: 1 }), 'E_BUSY');
      await refusal(() => undoLayer(store, 1), 'E_BUSY');
      expect(imprint(join(store, '1'))).to.deep.equal(before);
      await claimed.release();
      await applyInStore(root, patch, { layer: 1 });
      expect(readLayer(store, 1).current.number).to.equal(2);
    }));
});
