/** Three-way merge of hives: what a user wrote over an old base, carried over to a new base. */
import { hiveRoots, type HiveRoot, type Registry, type RegistryKey, type RegistryValue } from '../hive.ts';
import { keyWith } from '../key.ts';
import { mergeAttributes } from './attributes.ts';
import {
  agreed,
  conflictKind,
  type ConflictKind,
  type RegistryConflict,
  type RootedConflict,
  type Side,
  type Versions,
} from './conflict.ts';
import { sameKey } from './same.ts';
import { mergeValues } from './values.ts';

export interface MergeOptions {
  /** Whose version goes into the result where the two disagree. Ours if not given: what a user wrote is not lost. */
  readonly prefer?: Side;
}

export interface MergedHive {
  readonly merged: RegistryKey;
  /** In canonical order of their keys. Whatever of both sides is not in `merged` is in here. */
  readonly conflicts: readonly RegistryConflict[];
}

export interface MergedRegistry {
  readonly merged: Registry;
  readonly conflicts: readonly RootedConflict[];
}

interface Run {
  readonly prefer: Side;
  readonly conflicts: RegistryConflict[];
}
type Path = readonly string[];

/**
 * Merges key by key and value by value, lists (REG_MULTI_SZ) element by element, by what each side changed of `base`.
 * A key that one side removed, or made a delete entry, while the other changed anything in it, is one conflict as a
 * whole, since half a key is of no use to its program. The case of names is never a conflict: the preferred one stays.
 */
export function mergeHives(
  base: RegistryKey,
  theirs: RegistryKey,
  ours: RegistryKey,
  { prefer = 'ours' }: MergeOptions = {},
): MergedHive {
  const run: Run = { prefer, conflicts: [] };
  const merged = mergeKeys({ base, theirs, ours }, [], run) ?? ours;
  return { merged, conflicts: run.conflicts };
}

/** The same for all hives of three registries. A hive that one does not have is to it as a key that it does not have. */
export function mergeRegistries(
  base: Registry,
  theirs: Registry,
  ours: Registry,
  { prefer = 'ours' }: MergeOptions = {},
): MergedRegistry {
  const merged = new Map<HiveRoot, RegistryKey>();
  const conflicts: RootedConflict[] = [];
  for (const root of hiveRoots) {
    const run: Run = { prefer, conflicts: [] };
    const key = mergeKeys(pick({ base, theirs, ours }, root), [], run);
    if (key !== null) merged.set(root, key);
    for (const conflict of run.conflicts) conflicts.push({ ...conflict, root });
  }
  return { merged, conflicts };
}

function mergeKeys(keys: Versions<RegistryKey>, path: Path, run: Run): RegistryKey | null {
  const { base, theirs, ours } = keys;
  if (theirs === null || ours === null) return mergeWhole(keys, path, run);
  if (theirs === ours || base === theirs) return ours;
  if (base === ours) return theirs;
  const gone = (key: RegistryKey): boolean => key.kind === 'delete-entry';
  if (gone(theirs) === gone(ours)) return mergeBoth({ base, theirs, ours }, path, run);
  const merged = mergeWhole(keys, path, run);
  return merged && keyWith(merged, { name: spelling(keys, run) });
}

/** One side has no such key: there is nothing to merge it with, but the other side may not have touched it. */
function mergeWhole(keys: Versions<RegistryKey>, path: Path, run: Run): RegistryKey | null {
  const settled = agreed(keys, sameKey);
  if (settled !== undefined) return settled;
  run.conflicts.push({ of: 'key', kind: wholeKind(keys), path, ...keys });
  return keys[run.prefer];
}

/** A delete entry in a key's place says the same as a removal, except against a removal. */
function wholeKind({ base, theirs, ours }: Versions<RegistryKey>): ConflictKind {
  const there = (key: RegistryKey | null): RegistryKey | null => (key?.kind === 'delete-entry' ? null : key);
  const [their, our] = [there(theirs), there(ours)];
  return their === null && our === null ? 'both-changed' : conflictKind({ base, theirs: their, ours: our });
}

function mergeBoth(
  keys: Versions<RegistryKey> & { readonly theirs: RegistryKey; readonly ours: RegistryKey },
  path: Path,
  run: Run,
): RegistryKey {
  const { base, theirs, ours } = keys;
  const kinds = { base: base?.kind ?? 'key', theirs: theirs.kind, ours: ours.kind };
  let kind = agreed(kinds, Object.is) ?? undefined;
  if (kind === undefined) {
    run.conflicts.push({ of: 'key-kind', kind: 'both-changed', path, ...kinds });
    kind = kinds[run.prefer];
  }
  const { attributes, conflicts } = mergeAttributes(keys, path, run.prefer);
  run.conflicts.push(...conflicts);
  const values = mergeAllValues(keys, path, run);
  const children = new Map<string, RegistryKey>();
  for (const folded of namesOf(base?.keys, theirs.keys, ours.keys)) {
    const versions = pick({ base: base?.keys, theirs: theirs.keys, ours: ours.keys }, folded);
    const child = mergeKeys(versions, [...path, spelling(versions, run)], run);
    if (child !== null) children.set(folded, child);
  }
  const lastWrite = later(theirs.lastWrite, ours.lastWrite);
  return {
    name: spelling(keys, run),
    kind,
    values,
    keys: children,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(lastWrite !== undefined && { lastWrite }),
  };
}

function mergeAllValues(keys: Versions<RegistryKey>, path: Path, run: Run): Map<string, RegistryValue> {
  const all = { base: keys.base?.values, theirs: keys.theirs?.values, ours: keys.ours?.values };
  const merged = new Map<string, RegistryValue>();
  for (const folded of namesOf(all.base, all.theirs, all.ours)) {
    const versions = pick(all, folded);
    const name = spelling(versions, run);
    let value = mergeValues(versions);
    if (value === undefined) {
      run.conflicts.push({ of: 'value', kind: conflictKind(versions), path, name, ...versions });
      value = versions[run.prefer];
    }
    if (value !== null) merged.set(folded, value.name === name ? value : renamed(value, name));
  }
  return merged;
}

/** The name as one side rewrote it; where both did, or one side has none, the preferred or the only one. */
function spelling({ base, theirs, ours }: Versions<{ readonly name: string }>, { prefer }: Run): string {
  const preferred = prefer === 'ours' ? ours : theirs;
  if (theirs === null || ours === null) return (theirs ?? ours ?? base)?.name ?? '';
  if (base?.name === theirs.name) return ours.name;
  return base?.name === ours.name ? theirs.name : (preferred?.name ?? '');
}

function renamed({ type, data }: RegistryValue, name: string): RegistryValue {
  return { name, type, data };
}

type Maybe<Name, T> = ReadonlyMap<Name, T> | undefined;

function pick<Name, T>(
  maps: { readonly base: Maybe<Name, T>; readonly theirs: Maybe<Name, T>; readonly ours: Maybe<Name, T> },
  name: Name,
): Versions<T> {
  const of = (map: Maybe<Name, T>): T | null => map?.get(name) ?? null;
  return { base: of(maps.base), theirs: of(maps.theirs), ours: of(maps.ours) };
}

/** The folded names of all three, each once, in canonical order. */
function namesOf(...maps: readonly Maybe<string, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => (map ? [...map.keys()] : [])))].sort();
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
