/** A layer as it would be with other entries in it: what patches are applied to that follow each other. */
import type { Entry, Layer, Sublayer } from './layer.ts';
import { type EntryName, compareNames, parentOf } from './name.ts';

/** Entry names with what is there then; null for nothing. */
export type Entries = ReadonlyMap<EntryName, Entry | null>;

/** The layer with these entries in place of its own. It must not be changed meanwhile, nor the map. */
export function layered(below: Layer, entries: Entries): Layer {
  const { readOnly } = below;
  return { ...below, readOnly: { entries: (options) => together(readOnly, entries, options), entry } };

  async function entry(name: EntryName, signal?: AbortSignal): Promise<Entry | null> {
    const known = entries.get(name);
    if (known !== undefined) return known;
    return isBlocked(name, entries) ? null : readOnly.entry(name, signal);
  }
}

/** Looks every entry up once: to look at a file is to digest its content. */
export function remembered(layer: Layer): Layer {
  const seen = new Map<EntryName, Promise<Entry | null>>();
  const entry: Sublayer['entry'] = async (name, signal) => {
    const found = seen.get(name) ?? layer.readOnly.entry(name, signal);
    seen.set(name, found);
    return found;
  };
  return { ...layer, readOnly: { ...layer.readOnly, entry } };
}

/** Under a file or a link there is nothing. Under a folder that is gone there may be what was not the application's. */
function isBlocked(name: EntryName, entries: Entries): boolean {
  for (let up = parentOf(name); up !== null; up = parentOf(up)) {
    const type = entries.get(up)?.meta.type;
    if (type === 'file' || type === 'link') return true;
  }
  return false;
}

async function* together(
  below: Sublayer,
  entries: Entries,
  options: Parameters<Sublayer['entries']>[0],
): AsyncGenerator<Entry> {
  const all = [...entries.values()].flatMap((one) =>
    one && options?.exclude?.(one.name) !== true ? [one] : [],
  );
  for await (const one of below.entries(options))
    if (!entries.has(one.name) && !isBlocked(one.name, entries)) all.push(one);
  yield* all.sort((a, b) => compareNames(a.name, b.name));
}
