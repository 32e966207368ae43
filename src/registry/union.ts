/** One hive out of several files, and back: each file keeps what it had. */
import { attributesOf, attributesWith, hasAttributes } from './attributes.ts';
import type { KeyAttributes, RegistryKey, RegistryValue } from './hive.ts';
import { keyWith } from './key.ts';

/**
 * All keys, values and attributes of both; where both have a value or an attribute, or disagree on a key's kind or
 * spelling, the second wins. A key that is a delete entry in the second is one.
 */
export function unionOf(first: RegistryKey, second: RegistryKey): RegistryKey {
  if (second.kind === 'delete-entry') return second;
  const keys = new Map(first.keys);
  for (const [folded, key] of second.keys) {
    const other = keys.get(folded);
    keys.set(folded, other ? unionOf(other, key) : key);
  }
  const values = new Map([...first.values, ...second.values]);
  if (first.attributes === undefined) return keyWith(second, { values, keys });
  const attributes = attributesWith(attributesOf(first), attributesOf(second));
  return keyWith(second, { attributes, values, keys });
}

/**
 * Parts whose union is `whole`: one for each of `parts`, which were the parts before. A key or value stays in the parts that
 * had it, and so does an attribute; a new one goes to the part that has the nearest key above it, the first where there are several.
 */
export function splitUnion(whole: RegistryKey, parts: readonly (RegistryKey | undefined)[]): RegistryKey[] {
  const owner = Math.max(
    0,
    parts.findIndex((part) => part !== undefined),
  );
  const { name, kind } = whole;
  return split(whole, parts, owner).map((part) => part ?? { name, kind, values: new Map(), keys: new Map() });
}

function split(
  whole: RegistryKey,
  parts: readonly (RegistryKey | undefined)[],
  owner: number,
): (RegistryKey | undefined)[] {
  const values = parts.map(() => new Map<string, RegistryValue>());
  const keys = parts.map(() => new Map<string, RegistryKey>());
  for (const [folded, value] of whole.values) {
    const had = parts.flatMap((part, index) => (part?.values.has(folded) === true ? [index] : []));
    for (const index of had.length > 0 ? had : [owner]) values[index]?.set(folded, value);
  }
  for (const [folded, key] of whole.keys) {
    const before = parts.map((part) => part?.keys.get(folded));
    const nearest = before.findIndex((part) => part !== undefined);
    const after = split(key, before, nearest < 0 ? owner : nearest);
    after.forEach((part, index) => part && keys[index]?.set(folded, part));
  }
  const attributes = splitAttributes(whole, parts, owner);
  return parts.map((part, index) => {
    const below = keys[index] ?? new Map<string, RegistryKey>();
    if (part === undefined && index !== owner && below.size === 0) return undefined;
    return {
      name: whole.name,
      kind: whole.kind,
      ...attributes[index],
      ...(whole.lastWrite !== undefined && { lastWrite: whole.lastWrite }),
      values: values[index] ?? new Map<string, RegistryValue>(),
      keys: below,
    };
  });
}

/** For each part, the attributes of the whole that it had or that are new and it is the owner. */
function splitAttributes(
  whole: RegistryKey,
  parts: readonly (RegistryKey | undefined)[],
  owner: number,
): { readonly attributes?: KeyAttributes }[] {
  if (!hasAttributes(whole)) return parts.map(() => ({}));
  const { className, security, link } = attributesOf(whole);
  const before = parts.map((part) => (part ? attributesOf(part) : {}));
  return parts.map((_, index) => {
    const has = (field: keyof KeyAttributes): boolean => {
      if (before[index]?.[field] !== undefined) return true;
      return index === owner && before.every((one) => one[field] === undefined);
    };
    const attributes: KeyAttributes = {
      ...(className !== undefined && has('className') && { className }),
      ...(security !== undefined && has('security') && { security }),
      ...(link && has('link') && { link }),
    };
    return Object.keys(attributes).length === 0 ? {} : { attributes };
  });
}
