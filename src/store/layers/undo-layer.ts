/** Goes back to the generation that the current one was made from. Nothing is copied: another one counts. */
import { PatchError } from '../../errors.ts';
import { createDrafts } from '../drafts.ts';
import { createFlusher } from '../transaction/flush.ts';
import type { Outcome } from '../transaction/transaction.ts';
import { withStore } from './claim-store.ts';
import { readGeneration } from './generation.ts';
import { pointerPart } from './pointer.ts';
import { type StoredLayer, readLayer, titleOf } from './stored-layer.ts';

export interface StoreOptions {
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
  readonly onRecovered?: (outcome: Outcome) => void;
}

/** Gives the layer before and after. E_INPUT where there is nothing to go back to, E_CONFLICT, E_BUSY. */
export async function undoLayer(
  store: string,
  number: number,
  { durable = true, signal = new AbortController().signal, onRecovered }: StoreOptions = {},
): Promise<{ readonly before: StoredLayer; readonly after: StoredLayer }> {
  const flusher = createFlusher(durable);
  return withStore(store, { flusher, onRecovered }, async (claimed) => {
    const before = readLayer(store, number);
    const old = readGeneration(before.folder, previousOf(before));
    const drafts = createDrafts({ work: claimed.work, flusher, keep: null });
    const part = await pointerPart(before.folder, old.number, drafts, signal);
    await drafts.flush();
    const { id, name, version } = before.identity;
    await claimed.execute([part], { id, name, from: version, to: old.description.version }, signal);
    return { before, after: readLayer(store, number) };
  });
}

function previousOf(layer: StoredLayer): number {
  const { current, generations } = layer;
  const { previous } = current.record;
  if (previous !== null && generations.includes(previous)) return previous;
  throw new PatchError('E_INPUT', `${titleOf(layer)} has no earlier generation to go back to`, {
    entry: String(layer.number),
    help:
      previous === null
        ? 'it is as it was brought in'
        : `generation ${previous} was removed; how many are kept says --keep of vpa apply and vpa layer gc`,
  });
}
