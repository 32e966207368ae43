/** A layer as its current generation was made, for whoever mends it: the inventory says what it is, a source has the contents. */
import { PatchError } from '../../errors.ts';
import { contentSize, sameContent } from '../../layer/inventory.ts';
import type { Entry, Layer, Meta, ReadOptions } from '../../layer/layer.ts';
import type { EntryName } from '../../layer/name.ts';
import type { Amount } from '../restoration.ts';
import { type Inventory, readInventory } from './inventory.ts';
import { type StoredLayer, titleOf } from './stored-layer.ts';

export interface AsMadeOptions {
  readonly stored: StoredLayer;
  /** The current generation as it is now, opened; what of it is as it was made may be used. */
  readonly now: () => Layer | Promise<Layer>;
  /** Where contents are looked for first, and modes: the version that the layer is. Without it, there is only what is there. */
  readonly source: Layer | null;
  /** Hears what the source has, when all of it was read. */
  readonly onCompared?: (compared: Compared) => void;
}

export interface Compared extends Amount {
  /** How many entries of the layer it has, as they should be. */
  readonly matching: number;
}

/** Reading its entries ends with E_BASE_MISMATCH where a content is in neither of the two any more, with each of these. */
export function asMade({ stored, now, source, onCompared }: AsMadeOptions): Layer {
  const { identity, current } = stored;
  let known: Inventory | undefined;
  const inventory = (): Inventory => (known ??= readInventory(current));
  async function* entriesOf(options: ReadOptions = {}): AsyncGenerator<Entry> {
    const wanted = inventory();
    const given = new Map<EntryName, Entry>();
    let [entries, size] = [0, 0];
    for await (const entry of source?.readOnly.entries(options) ?? []) {
      entries++;
      size += contentSize([entry]);
      const meta = wanted.get(entry.name);
      if (meta && sameContent(meta, entry.meta)) given.set(entry.name, entry);
    }
    onCompared?.({ entries, size, matching: given.size });
    const layer = await now();
    const lost: EntryName[] = [];
    const all: Entry[] = [];
    for (const [name, meta] of wanted) {
      const found = given.get(name) ?? (await keptOf(layer, name, meta, options.signal));
      if (found) all.push(found);
      else lost.push(name);
    }
    if (lost.length > 0) throw notThere(stored, source, lost);
    yield* all;
  }
  async function entry(name: EntryName, signal?: AbortSignal): Promise<Entry | null> {
    const meta = inventory().get(name);
    if (!meta) return null;
    const found = source && (await source.readOnly.entry(name, signal));
    return found && sameContent(meta, found.meta) ? found : keptOf(await now(), name, meta, signal);
  }
  const { location, variables } = source ?? { location: current.directory, variables: {} };
  return { identity, variables, location, readOnly: { entries: entriesOf, entry } };
}

/** What needs no source: it is as it was made, or the inventory says all of it. */
async function keptOf(
  layer: Layer,
  name: EntryName,
  meta: Meta,
  signal: AbortSignal | undefined,
): Promise<Entry | null> {
  const found = await layer.readOnly.entry(name, signal);
  if (found && sameContent(meta, found.meta)) return found;
  return meta.type === 'file' || meta.type === 'hive' ? null : { name, meta, bytes: null };
}

/** How many names an error lists. */
const listed = 20;

function notThere(stored: StoredLayer, source: Layer | null, names: readonly EntryName[]): PatchError {
  const [first = ''] = names;
  const more = names.length > listed ? [`… and ${names.length - listed} more`] : [];
  const what = names.length === 1 ? 'a content that is' : `${names.length} contents that are`;
  return new PatchError(
    'E_BASE_MISMATCH',
    source
      ? `${source.location}: does not have ${what} damaged or missing in ${titleOf(stored)}, first ${first}`
      : `without a source, there is nothing to mend ${what} damaged or missing in ${titleOf(stored)}, first ${first}`,
    {
      entry: first,
      help: 'give the version that the layer is (--from), with its registry (--from-registry); or go back (vpa layer undo)',
      details: [...names.slice(0, listed), ...more],
    },
  );
}
