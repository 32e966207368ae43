/** Plain questions about registry keys. */
import type { RegistryKey, RegistryValue } from './hive.ts';

/** A key with nothing in it; without a name it is the root of a hive. */
export function emptyKey(name = ''): RegistryKey {
  return { name, kind: 'key', values: new Map(), keys: new Map() };
}

/** The folded names of a key's values or keys in canonical order: by UTF-16 code units (FORMAT §3.4). */
export function sortedNames(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort();
}

/** Whether two values are the same: name as written, type and every byte. */
export function equalValues(a: RegistryValue, b: RegistryValue): boolean {
  return a.name === b.name && a.type === b.type && equalData(a.data, b.data);
}

/** Whether two keys are the same in every name as written, kind and value, and so are all keys below. */
export function equalKeys(a: RegistryKey, b: RegistryKey): boolean {
  if (a === b) return true;
  if (a.name !== b.name || a.kind !== b.kind) return false;
  if (a.values.size !== b.values.size || a.keys.size !== b.keys.size) return false;
  for (const [folded, value] of a.values) {
    const other = b.values.get(folded);
    if (other === undefined || !equalValues(value, other)) return false;
  }
  for (const [folded, key] of a.keys) {
    const other = b.keys.get(folded);
    if (other === undefined || !equalKeys(key, other)) return false;
  }
  return true;
}

export interface KeyCount {
  readonly keys: number;
  readonly values: number;
}

/** How many keys are below a key (itself not counted), and how many values it and they have. */
export function countKeys(key: RegistryKey): KeyCount {
  let keys = key.keys.size;
  let values = key.values.size;
  for (const child of key.keys.values()) {
    const below = countKeys(child);
    keys += below.keys;
    values += below.values;
  }
  return { keys, values };
}

function equalData(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
