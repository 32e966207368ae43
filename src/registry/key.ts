/** Plain questions about registry keys. */
import { equalAttributes, hasAttributes } from './attributes.ts';
import { equalData } from './equal-data.ts';
import type { RegistryKey, RegistryValue } from './hive.ts';

/** A key with nothing in it; without a name it is the root of a hive. */
export function emptyKey(name = ''): RegistryKey {
  return { name, kind: 'key', values: new Map(), keys: new Map() };
}

/**
 * The key with some fields replaced; all others stay, also its attributes and the time of its last write. (A spread would
 * lose what a key computes when it is asked for it.)
 */
export function keyWith(key: RegistryKey, fields: Partial<RegistryKey>): RegistryKey {
  const attributes = fields.attributes ?? key.attributes;
  const lastWrite = fields.lastWrite ?? key.lastWrite;
  return {
    name: fields.name ?? key.name,
    kind: fields.kind ?? key.kind,
    ...(attributes !== undefined && { attributes }),
    ...(lastWrite !== undefined && { lastWrite }),
    values: fields.values ?? key.values,
    keys: fields.keys ?? key.keys,
  };
}

/** Whether the root of a hive has nothing in it: such a hive is no entry (FORMAT §3.3). */
export function isEmptyHive(key: RegistryKey): boolean {
  return key.kind === 'key' && key.keys.size === 0 && key.values.size === 0 && !hasAttributes(key);
}

/** The folded names of a key's values or keys in canonical order: by UTF-16 code units (FORMAT §3.4). */
export function sortedNames(map: ReadonlyMap<string, unknown>): string[] {
  const names = [...map.keys()];
  return isSorted(names) ? names : names.sort();
}

/** A key's values or keys in canonical order. Those of a file are in that order already, mostly. */
export function inOrder<T>(map: ReadonlyMap<string, T>): Iterable<T> {
  if (map.size < 2 || isSorted(map.keys())) return map.values();
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function isSorted(names: Iterable<string>): boolean {
  let last = '';
  for (const name of names) {
    if (name < last) return false;
    last = name;
  }
  return true;
}

/** Whether two values are the same: name as written, type and every byte. */
export function equalValues(a: RegistryValue, b: RegistryValue): boolean {
  return a === b || (a.name === b.name && a.type === b.type && equalData(a.data, b.data));
}

/** Whether two keys are the same in every name as written, kind, attribute and value, and so are all keys below. */
export function equalKeys(a: RegistryKey, b: RegistryKey): boolean {
  if (a === b) return true;
  if (a.name !== b.name || a.kind !== b.kind || !equalAttributes(a, b)) return false;
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
