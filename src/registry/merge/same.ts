/** Whether content is the same to Windows: as `equalKeys`, but the case in which names are written does not count. */
import { equalAttributes } from '../attributes.ts';
import { equalData } from '../equal-data.ts';
import type { RegistryKey, RegistryValue } from '../hive.ts';

export function sameValue(a: RegistryValue | null, b: RegistryValue | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.type === b.type && sameBytes(a.data, b.data);
}

export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && equalData(a, b);
}

export function sameKey(a: RegistryKey | null, b: RegistryKey | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.kind !== b.kind) return false;
  if (a.values.size !== b.values.size || a.keys.size !== b.keys.size) return false;
  if (!equalAttributes(a, b)) return false;
  for (const [folded, value] of a.values) {
    if (!sameValue(value, b.values.get(folded) ?? null)) return false;
  }
  for (const [folded, key] of a.keys) {
    if (!sameKey(key, b.keys.get(folded) ?? null)) return false;
  }
  return true;
}
