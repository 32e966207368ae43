/** One hive out of several files, and back: each file keeps what it had. */
import type { RegistryKey, RegistryValue } from './hive.ts';

/** All keys and values of both; where both have a value, or disagree on a key's kind or spelling, the second wins. */
export function unionOf(first: RegistryKey, second: RegistryKey): RegistryKey {
  const keys = new Map(first.keys);
  for (const [folded, key] of second.keys) {
    const other = keys.get(folded);
    keys.set(folded, other ? unionOf(other, key) : key);
  }
  return { name: second.name, kind: second.kind, values: new Map([...first.values, ...second.values]), keys };
}

/**
 * Parts whose union is `whole`: one for each of `parts`, which were the parts before. A key or value stays in the parts that
 * had it; a new one goes to the part that has the nearest key above it, the first where there are several.
 */
export function splitUnion(whole: RegistryKey, parts: readonly (RegistryKey | undefined)[]): RegistryKey[] {
  const owner = Math.max(
    0,
    parts.findIndex((part) => part !== undefined),
  );
  return split(whole, parts, owner).map((part) => part ?? { ...whole, values: new Map(), keys: new Map() });
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
  return parts.map((part, index) => {
    const own = {
      values: values[index] ?? new Map<string, RegistryValue>(),
      keys: keys[index] ?? new Map<string, RegistryKey>(),
    };
    const belongs = part !== undefined || index === owner || own.keys.size > 0;
    return belongs ? { name: whole.name, kind: whole.kind, ...own } : undefined;
  });
}
