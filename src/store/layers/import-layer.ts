/** Brings a layer into a store: an application directory, a layer directory or a VSA becomes a layer with one generation. */
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PatchError, fromSystem } from '../../errors.ts';
import { type DirectoryLayer, openDirectory, workFolder } from '../../layer/directory-layer.ts';
import type { Entry, Identity, ReadOptions } from '../../layer/layer.ts';
import { flushTree } from '../flush-tree.ts';
import { assertOwnFolders } from '../place.ts';
import { createFlusher } from '../transaction/flush.ts';
import { assertSettled } from '../work-folder.ts';
import { writableName } from '../writable.ts';
import { withStore } from './claim-store.ts';
import { finishGeneration } from './finish-generation.ts';
import { takeInventory } from './inventory.ts';
import { type Importable, isDirectory, makeLayerTree, makeWritable } from './layer-tree.ts';
import { layerNumbers, workOf } from './layout.ts';
import { beginLayer, finishLayer } from './place-generation.ts';
import { type StoredLayer, readLayer } from './stored-layer.ts';
import type { StoreOptions } from './undo-layer.ts';

export interface ImportOptions extends StoreOptions {
  /** What the layer is called in the store, where that is not what it calls itself. */
  readonly identity?: Partial<Identity>;
  /** Called after each entry that was read. */
  readonly onEntry?: ReadOptions['onEntry'];
}

/** The store is made if it is missing. E_INPUT, E_NAME and E_FORMAT for a layer that cannot be patched; E_BUSY, E_SPACE, E_USAGE for a layer without an id. */
export async function importLayer(
  store: string,
  layer: Importable,
  options: ImportOptions = {},
): Promise<StoredLayer> {
  const { durable = true, signal = new AbortController().signal, onRecovered, onEntry } = options;
  const identity = { ...layer.identity, ...options.identity };
  if (identity.id === '')
    throw new PatchError('E_USAGE', `${layer.location}: has no id`, { help: 'give it one (--as ID)' });
  if (isDirectory(layer)) assertWhole(layer);
  const flusher = createFlusher(durable);
  return withStore(store, { flusher, make: true, onRecovered }, async (claimed) => {
    const begun = beginLayer(join(workOf(store), 'tree'));
    const { generation } = begun;
    await makeLayerTree(layer, generation, identity, signal);
    // The record is of what is in the store, not of what was there before it was copied.
    const { readOnly } = openDirectory(generation);
    const entries: Pick<Entry, 'name' | 'meta'>[] = [];
    for await (const { name, meta } of readOnly.entries({ signal, ...(onEntry && { onEntry }) }))
      entries.push({ name, meta });
    if (durable) await flushTree(generation, flusher);
    const origin = { previous: null, made: 'import' } as const;
    await finishGeneration({
      tree: generation,
      inventory: takeInventory(entries),
      origin,
      fresh: [],
      flusher,
    });
    await makeWritable(layer, join(begun.tree, writableName), signal);
    const number = (layerNumbers(store).at(-1) ?? 0) + 1;
    const mode = isDirectory(layer) && layer.description ? modeOf(layer.directory) : 0o755;
    const part = await finishLayer(begun, { store, number, mode, flusher });
    await flusher.paths([dirname(begun.tree)]);
    const { id, name, version } = identity;
    await claimed.execute([part], { id, name, from: '', to: version }, signal);
    return readLayer(store, number);
  });
}

function assertWhole(layer: DirectoryLayer): void {
  try {
    assertOwnFolders(layer);
    assertSettled(join(layer.directory, workFolder));
  } catch (error) {
    throw fromSystem(error, 'read', layer.directory);
  }
}

function modeOf(folder: string): number {
  return lstatSync(folder).mode & 0o7777;
}
