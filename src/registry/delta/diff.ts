/** Compares two hives (FORMAT §6.3.2 for the order). */
import { attributesOf, equalAttributes } from '../attributes.ts';
import { largeData } from './data-difference.ts';
import type { DeltaRecord, RegistryDelta } from './delta.ts';
import { equalData } from '../equal-data.ts';
import type { RegistryKey, RegistryValue } from '../hive.ts';
import { countKeys, equalValues, inOrder, sortedNames } from '../key.ts';

type Path = readonly string[];
/** Records of one key and those below it; nested, so that no record is carried up level by level. */
type Records = readonly (DeltaRecord | Records)[];

const nothing = { keys: 0, values: 0 };
const noData = new Uint8Array(0);
// Most keys are equal: nothing is made for them.
const nothingFound: readonly DeltaRecord[] = [];
const noNames: readonly string[] = [];
const noneBelow: ReadonlyMap<string, Records | null> = new Map();

/**
 * The delta that makes `after` of `before`: no record for what is equal, one for a subtree that goes. Names count as
 * written, so a name that differs only in case is a difference. Where hives are equal this only walks both, one beside the
 * other: nothing is sorted or copied there.
 */
export function diffHives(before: RegistryKey, after: RegistryKey): RegistryDelta {
  const records: DeltaRecord[] = [];
  flatten(compareKeys(before, after, []), records);
  return { records };
}

function flatten(nested: Records, records: DeltaRecord[]): void {
  for (const one of nested) {
    if ('op' in one) records.push(one);
    else flatten(one, records);
  }
}

/** `names` leads to the key; it is one array that grows and shrinks on the way, so what a record has is a copy. */
function compareKeys(before: RegistryKey, after: RegistryKey, names: string[]): Records {
  if (before === after) return nothingFound;
  const records = compareKey(before, after, names);
  if (before.kind !== after.kind && after.kind === 'delete-entry') return records;
  const below = compareChildren(before, after, names);
  if (below.size === 0) return records;
  const path = [...names];
  const all: (DeltaRecord | Records)[] = [...records];
  for (const folded of below.size < 2 ? below.keys() : sortedNames(below)) {
    const old = before.keys.get(folded);
    const now = after.keys.get(folded);
    const both = below.get(folded);
    if (both) all.push(both);
    else if (now !== undefined) addKey(now, [...path, now.name], all);
    else if (old !== undefined) all.push(removeKey(old, [...path, old.name]));
  }
  return all;
}

/** By the folded names of the keys below that differ: what differs in them, or null for what only one side has. */
function compareChildren(
  before: RegistryKey,
  after: RegistryKey,
  names: string[],
): ReadonlyMap<string, Records | null> {
  if (before.keys === after.keys) return noneBelow;
  let below: Map<string, Records | null> | null = null;
  let common = 0;
  for (const [folded, old] of before.keys) {
    const now = after.keys.get(folded);
    if (now !== undefined) {
      common++;
      names.push(now.name);
      const found = compareKeys(old, now, names);
      names.pop();
      if (found.length > 0) (below ??= new Map<string, Records | null>()).set(folded, found);
    } else (below ??= new Map<string, Records | null>()).set(folded, null);
  }
  if (common === after.keys.size) return below ?? noneBelow;
  below ??= new Map<string, Records | null>();
  for (const folded of after.keys.keys()) if (!before.keys.has(folded)) below.set(folded, null);
  return below;
}

/** What differs in the key itself and its values. */
function compareKey(
  before: RegistryKey,
  after: RegistryKey,
  names: readonly string[],
): readonly DeltaRecord[] {
  const renamed = names.length > 0 && before.name !== after.name;
  const described = !equalAttributes(before, after);
  const values = differentValues(before, after);
  if (!renamed && !described && before.kind === after.kind && values.length === 0) return nothingFound;
  const path = [...names];
  const records: DeltaRecord[] = [];
  if (renamed) records.push({ op: 'rename-key', path, from: before.name });
  if (before.kind !== after.kind) {
    const gone = after.kind === 'delete-entry';
    const removed = gone ? countKeys(before) : nothing;
    records.push({ op: 'set-kind', path, before: before.kind, after: after.kind, removed });
    if (gone) return records;
  }
  if (described) records.push(...compareAttributes(before, after, path));
  for (const folded of values) {
    records.push(...compareValues(before.values.get(folded), after.values.get(folded), path));
  }
  return records;
}

/** The folded names of the values that are not the same, in canonical order. */
function differentValues(before: RegistryKey, after: RegistryKey): readonly string[] {
  if (before.values === after.values) return noNames;
  let found: string[] | null = null;
  let common = 0;
  for (const [folded, old] of before.values) {
    const now = after.values.get(folded);
    if (now !== undefined) common++;
    if (now === undefined || !equalValues(old, now)) (found ??= []).push(folded);
  }
  if (common < after.values.size) {
    found ??= [];
    for (const folded of after.values.keys()) if (!before.values.has(folded)) found.push(folded);
  }
  return found === null || found.length < 2 ? (found ?? noNames) : found.sort();
}

function compareAttributes(before: RegistryKey, after: RegistryKey, path: Path): DeltaRecord[] {
  const old = attributesOf(before);
  const now = attributesOf(after);
  const records: DeltaRecord[] = [];
  if (old.link !== now.link) records.push({ op: 'set-link', path, link: now.link === true });
  if (old.className !== now.className) {
    records.push({ op: 'set-class', path, from: old.className ?? '', to: now.className ?? '' });
  }
  const security = now.security ?? noData;
  if (!equalData(old.security ?? noData, security)) records.push({ op: 'set-security', path, security });
  return records;
}

function compareValues(
  old: RegistryValue | undefined,
  now: RegistryValue | undefined,
  path: Path,
): DeltaRecord[] {
  if (now === undefined) return old === undefined ? [] : [{ op: 'remove-value', path, name: old.name }];
  const { name, type, data } = now;
  if (old === undefined) return [{ op: 'add-value', path, name, type, data }];
  const large = old.data.length > largeData && data.length > largeData;
  return [{ op: 'change-value', path, name, type, data, ...(large && { before: old.data }) }];
}

const nobody: RegistryKey = { name: '', kind: 'key', values: new Map(), keys: new Map() };

function addKey(key: RegistryKey, path: Path, records: (DeltaRecord | Records)[]): void {
  records.push({ op: 'add-key', path, kind: key.kind });
  if (key.attributes !== undefined) records.push(...compareAttributes(nobody, key, path));
  for (const { name, type, data } of inOrder(key.values)) {
    records.push({ op: 'add-value', path, name, type, data });
  }
  for (const child of inOrder(key.keys)) addKey(child, [...path, child.name], records);
}

function removeKey(key: RegistryKey, path: Path): DeltaRecord {
  const { keys, values } = countKeys(key);
  return { op: 'remove-key', path, removed: { keys: keys + 1, values } };
}
