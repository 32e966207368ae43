/** Merges one value. */
import { REG_MULTI_SZ, type RegistryValue } from '../hive.ts';
import { fromUtf16, toUtf16 } from '../utf16.ts';
import { agreed, type Versions } from './conflict.ts';
import { mergeLists } from './lists.ts';
import { sameValue } from './same.ts';

/**
 * What three versions of a value make: null is no value, undefined a conflict. Two REG_MULTI_SZ lists are merged by
 * their elements. How the name is written is no conflict; the caller sees to it.
 */
export function mergeValues(versions: Versions<RegistryValue>): RegistryValue | null | undefined {
  const settled = agreed(versions, sameValue);
  return settled === undefined ? mergeAsLists(versions) : settled;
}

function mergeAsLists({ base, theirs, ours }: Versions<RegistryValue>): RegistryValue | undefined {
  if (theirs === null || ours === null) return undefined;
  const [their, our] = [listOf(theirs), listOf(ours)];
  // A base that was no list has nothing in it that a list could have kept.
  const old = base?.type === REG_MULTI_SZ ? listOf(base) : [];
  if (their === null || our === null || old === null) return undefined;
  const merged = mergeLists(old, their, our);
  if (merged === null) return undefined;
  // Their own bytes where possible: an empty list has more than one form.
  if (equalLists(merged, our)) return ours;
  if (equalLists(merged, their)) return theirs;
  const data = toUtf16(merged.map((element) => `${element}\0`).join('') + '\0');
  return { name: ours.name, type: REG_MULTI_SZ, data };
}

/**
 * The elements of well-formed REG_MULTI_SZ data, or null. A list with empty elements is none: Windows would not read
 * past them, and some programs give them a meaning of their own (PendingFileRenameOperations has pairs).
 */
function listOf({ type, data }: RegistryValue): string[] | null {
  if (type !== REG_MULTI_SZ || data.length % 2 !== 0) return null;
  const text = fromUtf16(data);
  if (/^\0{0,2}$/.test(text)) return [];
  if (!text.endsWith('\0\0')) return null;
  const elements = text.slice(0, -2).split('\0');
  return elements.includes('') ? null : elements;
}

function equalLists(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((element, at) => element === b[at]);
}
