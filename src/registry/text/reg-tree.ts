/** The hives that grow while .reg text is read. */
import { attributesWith } from '../attributes.ts';
import { foldName, type HiveRoot, type KeyAttributes, type KeyKind, type RegistryValue } from '../hive.ts';
import { overLimit, type RegistryLimits } from '../limits.ts';
import type { KeyPath } from '../roots.ts';
import type { RegData } from './reg-value.ts';

/** A RegistryKey that may still change. */
export interface GrowingKey {
  readonly name: string;
  kind: KeyKind;
  attributes?: KeyAttributes;
  readonly values: Map<string, RegistryValue>;
  readonly keys: Map<string, GrowingKey>;
}

export interface RegTree {
  readonly hives: ReadonlyMap<HiveRoot, GrowingKey>;
  /** The key of a path; it and its parents are made where they are missing. */
  open(path: KeyPath): GrowingKey;
  /** `[-KEY]`: what the text said of the key before is gone, and a delete entry stands there. */
  remove(path: KeyPath): void;
  /** Gives a key attributes; it keeps those that are not mentioned. */
  describe(key: GrowingKey, attributes: KeyAttributes): void;
  /** A later value replaces an earlier one, but not the way in which its name was written. */
  set(key: GrowingKey, name: string, data: RegData): void;
}

/** Makes an empty tree. E_LIMIT when more keys or values are made than allowed; deleted ones count too. */
export function createRegTree(limits: RegistryLimits): RegTree {
  const hives = new Map<HiveRoot, GrowingKey>();
  let keys = 0;
  let values = 0;

  function make(name: string): GrowingKey {
    if (++keys > limits.keys) throw overLimit('too many keys', limits.keys);
    return { name, kind: 'key', values: new Map(), keys: new Map() };
  }

  function rootOf(root: HiveRoot): GrowingKey {
    const present = hives.get(root);
    if (present !== undefined) return present;
    const made = make('');
    hives.set(root, made);
    return made;
  }

  function childOf(parent: GrowingKey, name: string): GrowingKey {
    const folded = foldName(name);
    const present = parent.keys.get(folded);
    if (present !== undefined) return present;
    const made = make(name);
    parent.keys.set(folded, made);
    return made;
  }

  function open({ root, names }: KeyPath): GrowingKey {
    let key = revive(rootOf(root));
    for (const name of names) key = revive(childOf(key, name));
    return key;
  }

  function remove({ root, names }: KeyPath): void {
    let key = rootOf(root);
    for (const name of names) {
      // Below a delete entry there is nothing left to delete.
      if (key.kind === 'delete-entry') return;
      key = childOf(key, name);
    }
    key.kind = 'delete-entry';
    delete key.attributes;
    key.values.clear();
    key.keys.clear();
  }

  function describe(key: GrowingKey, attributes: KeyAttributes): void {
    key.attributes = attributesWith(key.attributes, attributes);
  }

  function set(key: GrowingKey, name: string, { type, data }: RegData): void {
    if (++values > limits.values) throw overLimit('too many values', limits.values);
    const folded = foldName(name);
    key.values.set(folded, { name: key.values.get(folded)?.name ?? name, type, data });
  }

  return { hives, open, remove, describe, set };
}

/** `[KEY]` behind `[-KEY]`: the key stands again, and still hides what is below this layer. */
function revive(key: GrowingKey): GrowingKey {
  if (key.kind === 'delete-entry') key.kind = 'opaque';
  return key;
}
