/** Removes a layer with all that it has, at once. */
import { createDrafts } from '../drafts.ts';
import { PatchError } from '../../errors.ts';
import { awaitUnused, usesIn } from '../in-use.ts';
import { createFlusher } from '../transaction/flush.ts';
import { withStore } from './claim-store.ts';
import { findAnyway } from './find-layer.ts';
import { layerFolder } from './layout.ts';
import type { StoreOptions } from './undo-layer.ts';

export interface DeleteOptions extends StoreOptions {
  /** Whether what users wrote may go with it. */
  readonly withWritable?: boolean;
}

/** Also a damaged one. E_BUSY where a program has something of it open, E_CONFLICT where users wrote something, E_INPUT. */
export async function deleteLayer(
  store: string,
  number: number,
  {
    durable = true,
    signal = new AbortController().signal,
    withWritable = false,
    onRecovered,
  }: DeleteOptions = {},
): Promise<void> {
  const flusher = createFlusher(durable);
  return withStore(store, { flusher, onRecovered }, async (claimed) => {
    const { title, users } = findAnyway(store, String(number));
    if (users.length > 0 && !withWritable) throw written(number, title, users);
    const folder = layerFolder(store, number);
    await awaitUnused([folder], signal, usesIn);
    const drafts = createDrafts({ work: claimed.work, flusher, keep: null });
    const takes = [{ path: folder, to: drafts.reserve('backup'), whole: true }];
    await drafts.flush();
    const facts = { id: String(number), name: title, from: '', to: '' };
    await claimed.execute([{ takes, puts: [], modes: [], restore: [] }], facts, signal);
  });
}

/** Law 7: what a user wrote is never lost. */
function written(number: number, title: string, users: readonly string[]): PatchError {
  return new PatchError('E_CONFLICT', `${title} has what ${users.join(', ')} wrote in it`, {
    entry: String(number),
    help: 'save it (vpa layer export NAME FOLDER --with-writable), or say that it may go (--with-writable)',
  });
}
