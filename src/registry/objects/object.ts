/** What programs mean by registry keys: services, file associations and the like. */
import { foldName, type HiveRoot } from '../hive.ts';

export type ObjectKind =
  | 'service'
  | 'file-association'
  | 'com-server'
  | 'environment-variable'
  | 'autostart'
  | 'program'
  | 'app-path';

export interface RegistryObject {
  readonly kind: ObjectKind;
  /** As Windows' own tools would call it. */
  readonly name: string;
  readonly root: HiveRoot;
  /** The names of the keys from the hive's root to the object's key. */
  readonly path: readonly string[];
  /** The name of the value that is the object, where it is a value and not a key. */
  readonly value?: string;
  /** What is known of it, for people: `start` → `automatic`. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface FieldChange {
  readonly field: string;
  /** Null: there was none. Absent: not known, since only the patch was looked at. */
  readonly before?: string | null;
  readonly after: string | null;
}

export interface ObjectChange extends Omit<RegistryObject, 'fields'> {
  readonly change: 'added' | 'changed' | 'removed';
  /** In the order of the kind's fields; of an object that is removed, none. */
  readonly fields: readonly FieldChange[];
}

/** One object has one id, however its names are written. */
export function objectId({ kind, root, path, value }: Omit<RegistryObject, 'fields' | 'name'>): string {
  const key = [kind, root, ...path.map(foldName)].join('\\');
  return value === undefined ? key : `${key}\0${foldName(value)}`;
}
