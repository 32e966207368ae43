/** Goes back to the generation that the current one was made from. Nothing is copied: another one counts. */
import { PatchError } from '../../errors.ts';
import { createDrafts } from '../drafts.ts';
import { createFlusher } from '../transaction/flush.ts';
import type { Outcome } from '../transaction/transaction.ts';
import { withStore } from './claim-store.ts';
import { wholeOrNull } from './damaged.ts';
import { type Generation, readGeneration } from './generation.ts';
import { generationNumbers, layerFolder } from './layout.ts';
import { pointerPart, readPointer } from './pointer.ts';
import { type StoredLayer, readLayer, titleOf } from './stored-layer.ts';

export interface StoreOptions {
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
  readonly onRecovered?: (outcome: Outcome) => void;
}

/**
 * Gives the layer before and after; before is null where the current generation is damaged: then the newest earlier one counts that is whole.
 * E_INPUT where there is nothing to go back to, E_CONFLICT, E_BUSY.
 */
export async function undoLayer(
  store: string,
  number: number,
  { durable = true, signal = new AbortController().signal, onRecovered }: StoreOptions = {},
): Promise<{ readonly before: StoredLayer | null; readonly after: StoredLayer }> {
  const flusher = createFlusher(durable);
  return withStore(store, { flusher, onRecovered }, async (claimed) => {
    const folder = layerFolder(store, number);
    const before = wholeOrNull(() => readLayer(store, number));
    const old = before ? readGeneration(folder, previousOf(before)) : earlier(folder, readPointer(folder));
    const drafts = createDrafts({ work: claimed.work, flusher, keep: null });
    const part = await pointerPart(folder, old.number, drafts, signal);
    await drafts.flush();
    const { id, name, version } = old.description;
    await claimed.execute([part], { id, name, from: before?.identity.version ?? '', to: version }, signal);
    return { before, after: readLayer(store, number) };
  });
}

/** The newest generation before that one that is whole. */
function earlier(folder: string, current: number): Generation {
  for (const number of generationNumbers(folder).reverse()) {
    const generation = number < current ? wholeOrNull(() => readGeneration(folder, number)) : null;
    if (generation) return generation;
  }
  // What is wrong with the current one.
  return readGeneration(folder, current);
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
