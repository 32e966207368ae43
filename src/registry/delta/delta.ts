/** A registry delta: what makes one hive of another, record by record (FORMAT §6.3). */
import type { DataDifference } from './data-difference.ts';
import type { KeyKind, ValueType } from '../hive.ts';
import type { KeyCount } from '../key.ts';

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

/** A key that is a symbolic link from now on, or no longer; the base has the opposite. */
export interface SetLink extends AtKey {
  readonly op: 'set-link';
  readonly link: boolean;
}

/** A key of another class; the empty one is none. */
export interface SetClass extends AtKey {
  readonly op: 'set-class';
  readonly from: string;
  readonly to: string;
}

/** A key with another security descriptor; an empty one is none. */
export interface SetSecurity extends AtKey {
  readonly op: 'set-security';
  readonly security: Uint8Array;
}

/** `add-value`: the base has no value of that name. `change-value`: it has, with other data, type or case of the name. */
export interface SetValue extends AtKey {
  readonly op: 'add-value' | 'change-value';
  readonly name: string;
  readonly type: ValueType;
  readonly data: Uint8Array;
  /** The data before, only of `change-value` and where both are large: `encodeDelta` may write a PatchValue then. */
  readonly before?: Uint8Array;
}

/** What `decodeDelta` gives for a `change-value` of large data: the base must have exactly the data before. */
export interface PatchValue extends AtKey {
  readonly op: 'patch-value';
  readonly name: string;
  readonly type: number;
  readonly difference: DataDifference;
}

export interface RemoveValue extends AtKey {
  readonly op: 'remove-value';
  /** As written in the base. */
  readonly name: string;
}

export type SetAttribute = SetLink | SetClass | SetSecurity;
export type ValueRecord = SetValue | PatchValue | RemoveValue;
export type DeltaRecord = AddKey | RemoveKey | RenameKey | SetKind | SetAttribute | ValueRecord;

export interface RegistryDelta {
  /** In canonical order (FORMAT §6.3.2). */
  readonly records: readonly DeltaRecord[];
}

export interface DeltaCount {
  readonly keys: { readonly added: number; readonly removed: number; readonly changed: number };
  readonly values: { readonly added: number; readonly removed: number; readonly changed: number };
}

/** How many keys and values a delta adds, removes and changes. A key with a new case, kind and class changed once. */
export function countDelta(delta: RegistryDelta): DeltaCount {
  const keys = { added: 0, removed: 0, changed: 0 };
  const values = { added: 0, removed: 0, changed: 0 };
  // The last key that was counted as new or changed.
  let counted: readonly string[] | null = null;
  const changeKey = (path: readonly string[]): void => {
    if (counted === null || !samePath(counted, path)) keys.changed++;
    counted = path;
  };
  for (const record of delta.records) {
    switch (record.op) {
      case 'add-key':
        keys.added++;
        counted = record.path;
        break;
      case 'remove-key':
        keys.removed += record.removed.keys;
        values.removed += record.removed.values;
        break;
      case 'rename-key':
      case 'set-link':
      case 'set-class':
      case 'set-security':
        changeKey(record.path);
        break;
      case 'set-kind':
        changeKey(record.path);
        keys.removed += record.removed.keys;
        values.removed += record.removed.values;
        break;
      case 'add-value':
        values.added++;
        break;
      case 'change-value':
      case 'patch-value':
        values.changed++;
        break;
      case 'remove-value':
        values.removed++;
        break;
    }
  }
  return { keys, values };
}

/** Whether two paths are written the same. */
export function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, at) => name === b[at]));
}
