/** Hives as entries of a sublayer: their content is the canonical text (FORMAT §3.4). */
import { bytesOf, digestOf, readAll } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import type { HiveRoot, Registry, RegistryKey } from '../registry/hive.ts';
import { emptyKey, isEmptyHive } from '../registry/key.ts';
import { parseReg } from '../registry/text/parse-reg.ts';
import { formatHive } from '../registry/text/format-reg.ts';
import { unionOf } from '../registry/union.ts';
import { hiveName, hiveRootOf } from './hive-names.ts';
import type { Entry } from './layer.ts';

/** The largest canonical text that is read, in bytes (FORMAT §8). */
const hiveLimit = 256 << 20;

/** The entry of a hive, or null for an empty one, which is no entry (FORMAT §3.3). */
export function hiveEntry(root: HiveRoot, key: RegistryKey): Entry | null {
  if (isEmptyHive(key)) return null;
  const text = formatHive(root, key);
  return {
    name: hiveName(root),
    meta: { type: 'hive', size: text.length, digest: digestOf(text) },
    bytes: bytesOf(text),
  };
}

export function hiveEntries(registry: Registry): Entry[] {
  return [...registry].flatMap(([root, key]) => hiveEntry(root, key) ?? []);
}

/** The hives of several files, as one registry; where two have a value, that of the later file counts. */
export function together(files: readonly { readonly registry: Registry }[]): Registry {
  const hives = new Map<HiveRoot, RegistryKey>();
  for (const { registry } of files) {
    for (const [root, key] of registry) {
      const other = hives.get(root);
      hives.set(root, other ? unionOf(other, key) : key);
    }
  }
  return hives;
}

/** The hive that an entry holds; an empty one for null. E_FORMAT where its text is not that of one hive. */
export async function readHive(root: HiveRoot, entry: Entry | null): Promise<RegistryKey> {
  if (!entry?.bytes) return emptyKey();
  return parseHive(root, await readAll(entry.bytes, hiveLimit, entry.name), entry.name);
}

/** Parses the `.reg` text of one hive. E_FORMAT where it has keys of another one. */
export function parseHive(root: HiveRoot, text: Uint8Array, what: string): RegistryKey {
  const registry = parseReg(text);
  const foreign = [...registry.keys()].find((one) => one !== root);
  if (foreign !== undefined) {
    throw new PatchError('E_FORMAT', `${what}: has keys of the hive '${foreign}', not of '${root}' only`, {
      entry: what,
      help: `move them to ${foreign}.reg`,
    });
  }
  return registry.get(root) ?? emptyKey();
}

export function isHive(entry: { readonly name: string }): boolean {
  return hiveRootOf(entry.name) !== null;
}
