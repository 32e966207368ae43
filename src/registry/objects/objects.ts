/** The well-known objects of a registry, and what differs between those of two. */
import type { Registry } from '../hive.ts';
import { sortedNames } from '../key.ts';
import { findKeys, type ScopedHive, scopedHives } from './find-keys.ts';
import { type FieldChange, type ObjectChange, objectId, type RegistryObject } from './object.ts';
import { type Found, type KeyView, textAt, type ValueView } from './view.ts';
import { views } from './views.ts';

/** Kind by kind, those of one kind in canonical order of their keys. Only keys that can be objects are looked at. */
export function objectsOf(registry: Registry): readonly RegistryObject[] {
  const machine = registry.get('machine');
  const hives = [...scopedHives(registry)];
  return views.flatMap((view) =>
    hives.flatMap((scoped) => {
      if (!view.scopes.includes(scoped.scope)) return [];
      return view.places.flatMap((place) =>
        findKeys(scoped.hive, place).flatMap(({ key, path }) => {
          const found = { key, path, hive: scoped.hive, machine };
          return view.each === 'key' ? objectAt(view, found, scoped) : objectsIn(view, found, scoped);
        }),
      );
    }),
  );
}

function objectAt({ kind, fields, title }: KeyView, found: Found, scoped: ScopedHive): RegistryObject[] {
  const read: Record<string, string> = {};
  for (const [field, get] of Object.entries(fields)) {
    const text = get(found);
    if (text !== null && text !== '') read[field] = text;
  }
  if (Object.keys(read).length === 0) return [];
  const name = (title === undefined ? undefined : read[title]) ?? found.key.name;
  return [{ kind, name, root: scoped.root, path: [...scoped.prefix, ...found.path], fields: read }];
}

function objectsIn({ kind, field }: ValueView, found: Found, scoped: ScopedHive): RegistryObject[] {
  const { key } = found;
  return sortedNames(key.values).flatMap((folded) => {
    const value = key.values.get(folded);
    const text = textAt(key, folded);
    if (value === undefined || value.name === '' || text === null) return [];
    const path = [...scoped.prefix, ...found.path];
    return [
      { kind, name: value.name, root: scoped.root, path, value: value.name, fields: { [field]: text } },
    ];
  });
}

/** In the order of `objectsOf`; what was removed stands behind the rest of its kind. */
export function diffObjects(before: Registry, after: Registry): readonly ObjectChange[] {
  const old = byId(objectsOf(before));
  const now = byId(objectsOf(after));
  const changes: ObjectChange[] = [];
  for (const [id, object] of now) {
    const was = old.get(id);
    const fields = changedFields(was?.fields ?? {}, object.fields);
    if (fields.length > 0) changes.push({ ...object, change: was ? 'changed' : 'added', fields });
  }
  for (const [id, object] of old) {
    if (!now.has(id)) changes.push({ ...object, change: 'removed', fields: [] });
  }
  return byKind(changes);
}

/** Stable: what has one kind stays in its order. */
export function byKind(changes: readonly ObjectChange[]): ObjectChange[] {
  const rank = new Map(views.map(({ kind }, at) => [kind, at]));
  return changes.toSorted((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0));
}

type Fields = RegistryObject['fields'];

function changedFields(before: Fields, after: Fields): FieldChange[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].flatMap((field) => {
    const [was, is] = [before[field] ?? null, after[field] ?? null];
    return was === is ? [] : [{ field, before: was, after: is }];
  });
}

function byId(objects: readonly RegistryObject[]): Map<string, RegistryObject> {
  return new Map(objects.map((object) => [objectId(object), object]));
}
