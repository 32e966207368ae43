/** Times of keys when a file is written again. */
import { equalAttributes } from '../attributes.ts';
import type { RegistryKey } from '../hive.ts';
import { equalValues, keyWith } from '../key.ts';

/**
 * The key with the times of what was there before: a key whose own content (name, kind, attributes, values) is the same
 * keeps its time, every other one gets `time` (a FILETIME).
 */
export function keepTimes(key: RegistryKey, before: RegistryKey | undefined, time: bigint): RegistryKey {
  const keys = new Map(
    [...key.keys].map(([folded, child]) => [folded, keepTimes(child, before?.keys.get(folded), time)]),
  );
  const lastWrite = before !== undefined && sameContent(key, before) ? (before.lastWrite ?? 0n) : time;
  return keyWith(key, { lastWrite, keys });
}

function sameContent(a: RegistryKey, b: RegistryKey): boolean {
  if (a.name !== b.name || a.kind !== b.kind || a.values.size !== b.values.size || !equalAttributes(a, b))
    return false;
  for (const [folded, value] of a.values) {
    const other = b.values.get(folded);
    if (other === undefined || !equalValues(value, other)) return false;
  }
  return true;
}
