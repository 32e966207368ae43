/** Merges what a key has beside values and keys. */
import { attributesOf } from '../attributes.ts';
import type { KeyAttributes, RegistryKey } from '../hive.ts';
import { agreed, conflictKind, type RegistryConflict, type Side, type Versions } from './conflict.ts';
import { sameBytes } from './same.ts';

interface MergedAttributes {
  readonly attributes: KeyAttributes;
  readonly conflicts: readonly RegistryConflict[];
}

/** Each attribute for itself. A link is one or is none, so two sides cannot change that differently. */
export function mergeAttributes(
  keys: Versions<RegistryKey>,
  path: readonly string[],
  prefer: Side,
): MergedAttributes {
  const conflicts: RegistryConflict[] = [];
  const classes = each(keys, ({ className }) => className);
  let className = agreed(classes, Object.is);
  if (className === undefined) {
    conflicts.push({ of: 'class', kind: conflictKind(classes), path, ...classes });
    className = classes[prefer];
  }
  const securities = each(keys, ({ security }) => security);
  let security = agreed(securities, sameBytes);
  if (security === undefined) {
    conflicts.push({ of: 'security', kind: conflictKind(securities), path, ...securities });
    security = securities[prefer];
  }
  const links = each(keys, ({ link }) => link);
  const link = agreed(links, Object.is) ?? null;
  const attributes = {
    ...(className !== null && { className }),
    ...(security !== null && { security }),
    ...(link !== null && { link }),
  };
  return { attributes, conflicts };
}

function each<T>(
  { base, theirs, ours }: Versions<RegistryKey>,
  get: (attributes: KeyAttributes) => T | undefined,
): Versions<T> {
  const of = (key: RegistryKey | null): T | null => (key && get(attributesOf(key))) ?? null;
  return { base: of(base), theirs: of(theirs), ours: of(ours) };
}
