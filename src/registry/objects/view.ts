/** How one kind of object is found in keys: data, but for the reading of its fields. */
import { foldName, type RegistryKey } from '../hive.ts';
import { decodeData } from './data.ts';
import type { ObjectKind } from './object.ts';

/** Whose part of the registry a hive is. */
export type Scope = 'machine' | 'user';

/** An object's key, or the key whose values are objects. */
export interface Found {
  readonly key: RegistryKey;
  readonly path: readonly string[];
  /** What the path starts from: the machine's hive, or a user's. */
  readonly hive: RegistryKey;
  /** The machine's hive, where users' keys may point to. */
  readonly machine: RegistryKey | undefined;
}

/** Reads one field; null where the object has none. */
export type Field = (found: Found) => string | null;

interface AnyView {
  readonly kind: ObjectKind;
  readonly scopes: readonly Scope[];
  /** Where the objects' keys are, from the scope's root: names of keys, each of which may have `*` in it. */
  readonly places: readonly string[];
}

/** Each key in the places is an object, if it has one of the fields. */
export interface KeyView extends AnyView {
  readonly each: 'key';
  readonly fields: Readonly<Record<string, Field>>;
  /** The field by which people call it, instead of by its key's name. */
  readonly title?: string;
}

/** Each value of the keys in the places is an object with one field. */
export interface ValueView extends AnyView {
  readonly each: 'value';
  readonly field: string;
}

export type View = KeyView | ValueView;

/** The key at a path below another; none where a delete entry hides it. */
export function keyAt(key: RegistryKey | undefined, path: string): RegistryKey | undefined {
  let found = key;
  if (path === '') return found;
  for (const name of path.split('\\')) found = found?.keys.get(foldName(name));
  return found?.kind === 'delete-entry' ? undefined : found;
}

/** The text of a key's value; lists with commas between their elements, numbers as such. */
export function textAt(key: RegistryKey | undefined, name: string): string | null {
  const value = key?.values.get(foldName(name));
  const decoded = value === undefined ? null : decodeData(value);
  if (decoded === null) return null;
  return typeof decoded === 'object' ? decoded.join(', ') : String(decoded);
}

/** A field that is the text of a value, of the object's key or of one below it. */
export function text(name: string, below = ''): Field {
  return ({ key }) => textAt(keyAt(key, below), name);
}

/** A field that is a number with a meaning; numbers without one are shown as they are. */
export function word(name: string, words: Readonly<Record<number, string>>): Field {
  return ({ key }) => {
    const value = key.values.get(foldName(name));
    const decoded = value === undefined ? null : decodeData(value);
    return typeof decoded === 'number' ? (words[decoded] ?? String(decoded)) : null;
  };
}
