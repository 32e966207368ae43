/** A registry delta: what makes one hive of another, record by record (FORMAT §6.3). */
import type { KeyKind, RegistryValue, ValueType } from './hive.ts';
import type { KeyCount } from './key.ts';

interface AtKey {
  /** The names of the keys from the hive's root to the key; empty for the root. As written in the target. */
  readonly path: readonly string[];
}

/** A key that the base does not have. Its values and keys have records of their own. */
export interface AddKey extends AtKey {
  readonly op: 'add-key';
  readonly kind: KeyKind;
}

/** A key that goes, with all that is in it. The last name of its path is as written in the base. */
export interface RemoveKey extends AtKey {
  readonly op: 'remove-key';
  /** What went with it in the base that the delta was made of: keys (with this one) and values. For people only. */
  readonly removed: KeyCount;
}

/** A key whose name differs in case only; the path has the new name. */
export interface RenameKey extends AtKey {
  readonly op: 'rename-key';
  readonly from: string;
}

/** A key of another kind. One that becomes a delete entry loses its values and keys. */
export interface SetKind extends AtKey {
  readonly op: 'set-kind';
  readonly before: KeyKind;
  readonly after: KeyKind;
  /** As in RemoveKey, but without the key itself; zero unless it becomes a delete entry. */
  readonly removed: KeyCount;
}

/** `add-value`: the base has no value of that name. `change-value`: it has, with other data, type or case of the name. */
export interface SetValue extends AtKey {
  readonly op: 'add-value' | 'change-value';
  readonly name: string;
  readonly type: ValueType;
  readonly data: Uint8Array;
}

export interface RemoveValue extends AtKey {
  readonly op: 'remove-value';
  /** As written in the base. */
  readonly name: string;
}

export type DeltaRecord = AddKey | RemoveKey | RenameKey | SetKind | SetValue | RemoveValue;

export interface RegistryDelta {
  /** In canonical order (FORMAT §6.3.2). */
  readonly records: readonly DeltaRecord[];
}

export interface DeltaCount {
  readonly keys: { readonly added: number; readonly removed: number; readonly changed: number };
  readonly values: { readonly added: number; readonly removed: number; readonly changed: number };
}

/** How many keys and values a delta adds, removes and changes. A key that has a new case and a new kind changed once. */
export function countDelta(delta: RegistryDelta): DeltaCount {
  const keys = { added: 0, removed: 0, changed: 0 };
  const values = { added: 0, removed: 0, changed: 0 };
  let renamed: readonly string[] | null = null;
  for (const record of delta.records) {
    switch (record.op) {
      case 'add-key':
        keys.added++;
        break;
      case 'remove-key':
        keys.removed += record.removed.keys;
        values.removed += record.removed.values;
        break;
      case 'rename-key':
        keys.changed++;
        renamed = record.path;
        break;
      case 'set-kind':
        if (renamed === null || !samePath(renamed, record.path)) keys.changed++;
        keys.removed += record.removed.keys;
        values.removed += record.removed.values;
        break;
      case 'add-value':
        values.added++;
        break;
      case 'change-value':
        values.changed++;
        break;
      case 'remove-value':
        values.removed++;
        break;
    }
  }
  return { keys, values };
}

/** The value that a record sets. */
export function valueOf({ name, type, data }: SetValue): RegistryValue {
  return { name, type, data };
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, at) => name === b[at]);
}
