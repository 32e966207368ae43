/** What a delta alone says of well-known objects: without the base, it does not know what was there before. */
import type { DeltaRecord, RegistryDelta } from '../delta/delta.ts';
import { foldName, type HiveRoot, type KeyKind, type RegistryKey, type RegistryValue } from '../hive.ts';
import { isAtPlace } from './find-keys.ts';
import { type ObjectChange, objectId, type RegistryObject } from './object.ts';
import { byKind, objectsOf } from './objects.ts';
import type { Scope, View } from './view.ts';
import { views } from './views.ts';

/**
 * Objects whose key or value the delta adds, changes or removes, with the fields that it sets; the fields' `before` is
 * absent where they had one or may have had one. What goes with a key above an object is not known, and not listed.
 */
export function objectsOfDelta(delta: RegistryDelta, root: HiveRoot): readonly ObjectChange[] {
  const { key, added } = sparseHive(delta);
  const changes = objectsOf(new Map([[root, key]])).map((object): ObjectChange => {
    const isNew = added.has(placeOf(object.path, object.value));
    const fields = Object.entries(object.fields).map(([field, after]) => ({
      field,
      ...(isNew && { before: null }),
      after,
    }));
    return { ...object, change: isNew ? 'added' : 'changed', fields };
  });
  const seen = new Set(changes.map(objectId));
  const removed = delta.records
    .flatMap((record) => removedBy(record, root))
    .filter((change) => !seen.has(objectId(change)));
  return byKind([...changes, ...removed]);
}

interface SparseKey {
  readonly name: string;
  readonly kind: KeyKind;
  readonly values: Map<string, RegistryValue>;
  readonly keys: Map<string, SparseKey>;
}

/** A hive of nothing but what the delta sets, and which of that is new. */
function sparseHive(delta: RegistryDelta): { key: RegistryKey; added: ReadonlySet<string> } {
  const make = (name: string): SparseKey => ({ name, kind: 'key', values: new Map(), keys: new Map() });
  const added = new Set<string>();
  const root = make('');
  for (const record of delta.records) {
    if (record.op !== 'add-key' && record.op !== 'add-value' && record.op !== 'change-value') continue;
    let key = root;
    for (const name of record.path) {
      const next = key.keys.get(foldName(name)) ?? make(name);
      key.keys.set(foldName(name), next);
      key = next;
    }
    if (record.op === 'add-key') added.add(placeOf(record.path, undefined));
    else if (record.type !== 'delete-entry') {
      const { name, type, data } = record;
      key.values.set(foldName(name), { name, type, data });
      if (record.op === 'add-value') added.add(placeOf(record.path, name));
    }
  }
  return { key: root, added };
}

function placeOf(path: readonly string[], value: string | undefined): string {
  const key = path.map(foldName).join('\\');
  return value === undefined ? key : `${key}\0${foldName(value)}`;
}

/** A key or value that goes, or is hidden from now on, where only objects are. */
function removedBy(record: DeltaRecord, root: HiveRoot): ObjectChange[] {
  const value = 'name' in record ? record.name : undefined;
  const gone =
    record.op === 'remove-key' ||
    record.op === 'remove-value' ||
    (record.op === 'set-kind' && record.after === 'delete-entry') ||
    (record.op === 'change-value' && record.type === 'delete-entry');
  if (!gone) return [];
  const scope: Scope = root === 'machine' ? 'machine' : 'user';
  const path = root === 'users' ? record.path.slice(1) : record.path;
  const isIt = (view: View): boolean =>
    view.each === (value === undefined ? 'key' : 'value') &&
    view.scopes.includes(scope) &&
    view.places.some((place) => isAtPlace(path, place));
  const view = views.find(isIt);
  if (view === undefined || value === '') return [];
  const object: Omit<RegistryObject, 'fields'> = {
    kind: view.kind,
    name: value ?? record.path.at(-1) ?? '',
    root,
    path: record.path,
    ...(value !== undefined && { value }),
  };
  return [{ ...object, change: 'removed', fields: [] }];
}
