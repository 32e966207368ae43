/** Compares two hives (FORMAT §6.3.2 for the order). */
import type { DeltaRecord, RegistryDelta } from './delta.ts';
import type { RegistryKey, RegistryValue } from './hive.ts';
import { countKeys, equalValues, sortedNames } from './key.ts';

type Path = readonly string[];
const nothing = { keys: 0, values: 0 };

/**
 * The delta that makes `after` of `before`: no record for what is equal, one for a subtree that goes. Names count as
 * written, so a name that differs only in case is a difference.
 */
export function diffHives(before: RegistryKey, after: RegistryKey): RegistryDelta {
  const records: DeltaRecord[] = [];
  compareKeys(before, after, [], records);
  return { records };
}

function compareKeys(before: RegistryKey, after: RegistryKey, path: Path, records: DeltaRecord[]): void {
  if (before === after) return;
  if (path.length > 0 && before.name !== after.name) {
    records.push({ op: 'rename-key', path, from: before.name });
  }
  if (before.kind !== after.kind) {
    const gone = after.kind === 'delete-entry';
    const removed = gone ? countKeys(before) : nothing;
    records.push({ op: 'set-kind', path, before: before.kind, after: after.kind, removed });
    if (gone) return;
  }
  compareValues(before, after, path, records);
  for (const folded of unionOf(before.keys, after.keys)) {
    const old = before.keys.get(folded);
    const now = after.keys.get(folded);
    if (old !== undefined && now !== undefined) compareKeys(old, now, [...path, now.name], records);
    else if (now !== undefined) addKey(now, [...path, now.name], records);
    else if (old !== undefined) removeKey(old, [...path, old.name], records);
  }
}

function compareValues(before: RegistryKey, after: RegistryKey, path: Path, records: DeltaRecord[]): void {
  for (const folded of unionOf(before.values, after.values)) {
    const old = before.values.get(folded);
    const now = after.values.get(folded);
    if (now === undefined) {
      if (old !== undefined) records.push({ op: 'remove-value', path, name: old.name });
    } else if (old === undefined) setValue('add-value', now, path, records);
    else if (!equalValues(old, now)) setValue('change-value', now, path, records);
  }
}

function setValue(
  op: 'add-value' | 'change-value',
  { name, type, data }: RegistryValue,
  path: Path,
  records: DeltaRecord[],
): void {
  records.push({ op, path, name, type, data });
}

function addKey(key: RegistryKey, path: Path, records: DeltaRecord[]): void {
  records.push({ op: 'add-key', path, kind: key.kind });
  for (const folded of sortedNames(key.values)) {
    const value = key.values.get(folded);
    if (value !== undefined) setValue('add-value', value, path, records);
  }
  for (const folded of sortedNames(key.keys)) {
    const child = key.keys.get(folded);
    if (child !== undefined) addKey(child, [...path, child.name], records);
  }
}

function removeKey(key: RegistryKey, path: Path, records: DeltaRecord[]): void {
  const { keys, values } = countKeys(key);
  records.push({ op: 'remove-key', path, removed: { keys: keys + 1, values } });
}

/** The folded names of both, each once, in canonical order. */
function unionOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort();
}
