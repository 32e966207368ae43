/** The state of a generation as the rules of a patch show it, from its inventory: no file is read for it, but the registry. */
import type { Digest } from '../../bytes.ts';
import { openDirectory } from '../../layer/directory-layer.ts';
import { createExclude } from '../../layer/excludes.ts';
import { isHive } from '../../layer/hive-entry.ts';
import { stateDigest } from '../../layer/inventory.ts';
import type { Entry, Meta } from '../../layer/layer.ts';
import { type EntryName, parentOf } from '../../layer/name.ts';
import { type Rules, normalizer } from '../../layer/rules.ts';
import { pickVariables } from '../../layer/variables.ts';
import type { Generation } from './generation.ts';
import { type Inventory, readInventory } from './inventory.ts';

/** The same as `stateOf` of the generation's folder. `variables` are this machine's, beside those of the layer. */
export async function digestThrough(
  generation: Generation,
  rules: Rules,
  variables: Readonly<Record<string, string>> = {},
): Promise<Digest> {
  const { excludes, volatile, variables: named } = rules;
  if (excludes.length + volatile.length + named.length === 0) return generation.record.digest;
  const seen = await seenThrough(generation, rules, variables);
  return stateDigest([...seen].map(([name, meta]) => ({ name, meta })));
}

/** The inventory as the rules show it. */
export async function seenThrough(
  generation: Generation,
  rules: Rules,
  variables: Readonly<Record<string, string>> = {},
): Promise<Inventory> {
  const isLeft = notExcluded(rules);
  const seen = new Map<EntryName, Meta>();
  const isShown = rules.volatile.length + rules.variables.length > 0;
  let hive: ((name: EntryName) => Promise<Entry | null>) | undefined;
  for (const [name, meta] of readInventory(generation)) {
    if (!isLeft(name, meta)) continue;
    if (isHive({ name }) && isShown) {
      const entry = await (hive ??= hivesThrough(generation, rules, variables))(name);
      if (entry) seen.set(name, entry.meta);
    } else seen.set(name, meta);
  }
  return seen;
}

function hivesThrough(
  { directory }: Generation,
  rules: Rules,
  variables: Readonly<Record<string, string>>,
): (name: EntryName) => Promise<Entry | null> {
  const layer = openDirectory(directory);
  const show = normalizer(rules, pickVariables(rules.variables, { ...layer.variables, ...variables }));
  return async (name) => {
    const entry = await layer.readOnly.entry(name);
    return entry && show(entry);
  };
}

/** An excluded folder takes what is in it along, as it does on disk; hives and delete entries are in none. */
function notExcluded({ excludes }: Rules): (name: EntryName, meta: Meta) => boolean {
  const exclude = createExclude(excludes);
  const known = new Map<EntryName, boolean>();
  const isOut = (name: EntryName): boolean => {
    const folder = parentOf(name);
    // A variable's folder is no entry.
    if (folder === null) return false;
    const before = known.get(name);
    if (before !== undefined) return before;
    const out = isOut(folder) || exclude(name);
    known.set(name, out);
    return out;
  };
  return (name, { type }) => !(type === 'hive' || type === 'delete-entry' ? exclude(name) : isOut(name));
}
