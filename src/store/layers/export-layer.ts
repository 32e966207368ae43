/** Takes a copy of a layer out of a store: as a layer directory, or as a VSA. */
import { dirname, join, resolve } from 'node:path';
import { fromSystem } from '../../errors.ts';
import { type DirectoryLayer, openDirectory } from '../../layer/directory-layer.ts';
import { directorySublayer } from '../../layer/directory-sublayer.ts';
import type { Sublayer } from '../../layer/layer.ts';
import { writeVsa } from '../../layer/write-vsa.ts';
import { assemble } from '../assemble.ts';
import { assertFree, workOf } from '../copy-target.ts';
import { copyTree } from '../copy-tree.ts';
import { flushTree } from '../flush-tree.ts';
import { createFlusher } from '../transaction/flush.ts';
import { execute } from '../transaction/transaction.ts';
import { claim } from '../work-folder.ts';
import { writeWhole } from '../write-whole.ts';
import { writableName } from '../writable.ts';
import { damaged } from './damaged.ts';
import { type Drift, driftOf, watchDrift } from './drift.ts';
import type { StoredLayer } from './stored-layer.ts';

export interface ExportOptions {
  /** Whether what users wrote comes along. */
  readonly withWritable?: boolean;
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Copies the current generation to a new folder, whole or not at all, and tells what of it is not what the generation was made as. Nothing of
 * the copy is shared with the store. E_CONFLICT where `out` has something in it.
 */
export async function exportDirectory(
  { current, folder, identity, users }: StoredLayer,
  out: string,
  { withWritable = false, durable = true, signal = new AbortController().signal }: ExportOptions = {},
): Promise<Drift[]> {
  const destination = resolve(out);
  const flusher = createFlusher(durable);
  const work = workOf(destination);
  assertFree(out);
  const claimed = await claim(work, flusher);
  try {
    const tree = join(work, 'tree');
    const close = await copyTree(current.directory, tree, () => true, signal);
    if (withWritable && users.length > 0) {
      const writable = join(tree, writableName);
      (await copyTree(join(folder, writableName), writable, () => true, signal))(new Set());
    }
    close(new Set());
    const drift = await driftOf(current, { signal });
    if (durable) await flushTree(tree, flusher);
    const put = { path: destination, from: tree };
    const part = { takes: [], puts: [put], modes: [], restore: [] };
    const root = dirname(destination);
    const { id, name, version } = identity;
    const patch = { id, name, from: version, to: version };
    await execute(work, assemble([part], { root, patch, keep: null }), { root, flusher, signal });
    return drift;
  } catch (error) {
    throw fromSystem(error, 'write', out);
  } finally {
    await claimed.release();
  }
}

/** The same as a VSA. */
export async function exportVsa(
  { current, folder, users }: StoredLayer,
  file: string,
  { withWritable = false, signal = new AbortController().signal }: ExportOptions = {},
): Promise<Drift[]> {
  const watch = watchDrift(current);
  const layer = described(openDirectory(current.directory));
  const writable = withWritable && users.length > 0 ? writableIn(folder) : undefined;
  const contents = writeVsa({ layer, writable, signal, onEntry: (entry) => watch.see(entry) });
  await writeWhole(file, contents, signal);
  return watch.end();
}

function writableIn(folder: string): Sublayer {
  const root = { variable: writableName, path: join(folder, writableName) };
  return directorySublayer({ roots: () => [root], others: [] });
}

function described(
  layer: DirectoryLayer,
): DirectoryLayer & { readonly description: NonNullable<DirectoryLayer['description']> } {
  const { description } = layer;
  if (description === null) throw damaged(layer.directory, 'is not a whole generation of a layer');
  return { ...layer, description };
}
