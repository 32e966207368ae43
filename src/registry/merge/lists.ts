/** Merges two changed lists element by element. */
import { align } from './align.ts';

/**
 * The rule: an element of the base stays where neither side removed it. What a side added stands behind the element of
 * the base that it stood behind there, and where both added something in one place, theirs stands before ours. What
 * both added is there once. Moving is removing here and adding there, so what one side removed and the other only
 * moved is gone. Elements are compared as written. Null where the lists are too long to be compared.
 */
export function mergeLists(
  base: readonly string[],
  theirs: readonly string[],
  ours: readonly string[],
): string[] | null {
  const inTheirs = align(base, theirs);
  const inOurs = align(base, ours);
  if (inTheirs === null || inOurs === null) return null;
  const merged: string[] = [];
  const [their, our] = [additions(theirs, merged), additions(ours, merged)];
  base.forEach((element, at) => {
    const [kept, keptToo] = [inTheirs[at] ?? -1, inOurs[at] ?? -1];
    if (kept >= 0) their.upTo(kept);
    if (keptToo >= 0) our.upTo(keptToo);
    if (kept >= 0 && keptToo >= 0) merged.push(element);
  });
  their.upTo(theirs.length);
  our.upTo(ours.length);
  const left = countMerged(base, theirs, ours);
  return merged.filter((element) => {
    const count = left.get(element) ?? 0;
    left.set(element, count - 1);
    return count > 0;
  });
}

/** Copies what stands between the elements that are in the base too. */
function additions(list: readonly string[], to: string[]): { upTo(end: number): void } {
  let next = 0;
  return {
    upTo: (end) => {
      to.push(...list.slice(next, end));
      next = end + 1;
    },
  };
}

/** How often each element may be there. */
function countMerged(
  base: readonly string[],
  theirs: readonly string[],
  ours: readonly string[],
): Map<string, number> {
  const [before, their, our] = [countEach(base), countEach(theirs), countEach(ours)];
  const merged = new Map<string, number>();
  for (const element of new Set([...theirs, ...ours])) {
    const was = before.get(element) ?? 0;
    const added = (their.get(element) ?? 0) - was;
    const addedToo = (our.get(element) ?? 0) - was;
    const alike = added > 0 === addedToo > 0 && added < 0 === addedToo < 0;
    // Done by both, it is done once; the larger change covers the smaller one.
    const change = alike ? (added > 0 ? Math.max : Math.min)(added, addedToo) : added + addedToo;
    merged.set(element, was + change);
  }
  return merged;
}

function countEach(list: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const element of list) counts.set(element, (counts.get(element) ?? 0) + 1);
  return counts;
}
