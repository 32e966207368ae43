/** What two sides disagree about. */
import type { HiveRoot, KeyKind, RegistryKey, RegistryValue } from '../hive.ts';

/** `theirs`: the new base. `ours`: what the user has. */
export type Side = 'theirs' | 'ours';

/** One thing in three versions; null where a version does not have it. */
export interface Versions<T> {
  readonly base: T | null;
  readonly theirs: T | null;
  readonly ours: T | null;
}

/** `theirs-removed`: they removed what we changed. `ours-removed`: we removed what they changed. */
export type ConflictKind = 'both-changed' | 'both-added' | 'theirs-removed' | 'ours-removed';

interface AtKey {
  readonly kind: ConflictKind;
  /** The names of the keys from the hive's root to the key. */
  readonly path: readonly string[];
}

/** A whole key: one side removed it (or made it a delete entry), the other changed something in it. */
export interface KeyConflict extends AtKey, Versions<RegistryKey> {
  readonly of: 'key';
}

export interface ValueConflict extends AtKey, Versions<RegistryValue> {
  readonly of: 'value';
  /** The value's name. */
  readonly name: string;
}

/** The key's kind alone; what is in it is merged. */
export interface KeyKindConflict extends AtKey, Versions<KeyKind> {
  readonly of: 'key-kind';
}

export interface ClassConflict extends AtKey, Versions<string> {
  readonly of: 'class';
}

export interface SecurityConflict extends AtKey, Versions<Uint8Array> {
  readonly of: 'security';
}

export type RegistryConflict =
  KeyConflict | ValueConflict | KeyKindConflict | ClassConflict | SecurityConflict;

export type RootedConflict = RegistryConflict & { readonly root: HiveRoot };

export function conflictKind({ base, theirs, ours }: Versions<unknown>): ConflictKind {
  if (base === null) return 'both-added';
  if (theirs === null) return 'theirs-removed';
  return ours === null ? 'ours-removed' : 'both-changed';
}

/**
 * The one version that three make where no two sides disagree: what one side changed, or both in the same way.
 * Undefined where they disagree.
 */
export function agreed<T>(
  { base, theirs, ours }: Versions<T>,
  same: (a: T | null, b: T | null) => boolean,
): T | null | undefined {
  if (same(theirs, ours) || same(base, theirs)) return ours;
  return same(base, ours) ? theirs : undefined;
}
