/** A layer of a store as the place that a patch is applied to. */
import { PatchError } from '../../errors.ts';
import type { DirectoryLayer } from '../../layer/directory-layer.ts';
import type { Odd } from '../../layer/walk.ts';
import { dryTarget } from '../dry-target.ts';
import type { Place } from '../open-place.ts';
import type { Outcome } from '../transaction/transaction.ts';
import { type WatchedLayer, openWatched } from '../watch-layer.ts';
import { assertSettled } from '../work-folder.ts';
import { assertStore } from './claim-store.ts';
import { workOf } from './layout.ts';
import { type StoreTargetOptions, storeTarget } from './store-target.ts';
import { openTransaction } from './store-transaction.ts';
import { type StoredLayer, readLayer } from './stored-layer.ts';

export interface StorePlaceOptions extends Omit<StoreTargetOptions, 'assertUnchanged'> {
  readonly store: string;
  /** The number of the layer that the patch is for (`findFitting`). */
  readonly layer: number;
  /** Does everything but write; what a killed run left is not brought to its end either. */
  readonly dryRun?: boolean;
  /** Hears of odd things in the generation, which are no errors then (`openDirectory`): for a repair. */
  readonly onOdd?: (odd: Odd) => void;
  /** Called when something that a killed run had left was brought to its end. */
  readonly onRecovered?: (outcome: Outcome) => void;
}

export function openStorePlace(options: StorePlaceOptions): Place {
  const { store, layer: number, dryRun = false, onRecovered, onOdd, ...rest } = options;
  const { durable = true } = rest;
  const transaction = rest.transaction ?? openTransaction(store, { durable, onRecovered });
  let opened: (WatchedLayer & { readonly stored: StoredLayer }) | null = null;
  return {
    async base(): Promise<DirectoryLayer> {
      if (opened) return opened.layer;
      assertStore(store);
      if (dryRun) assertSettled(workOf(store));
      if (!dryRun) await transaction.settle();
      const stored = readLayer(store, number);
      opened = { stored, ...openWatched(stored.current.directory, [], onOdd) };
      return opened.layer;
    },
    target() {
      if (!opened) throw new PatchError('E_STAGE', 'the base has to be opened before the target');
      const { layer, stored, assertUnchanged } = opened;
      if (dryRun) return dryTarget(layer, { allowDowngrade: rest.allowDowngrade });
      return storeTarget(store, stored, layer, { ...rest, assertUnchanged });
    },
  };
}
