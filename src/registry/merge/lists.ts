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
  const merged: Placed[] = [];
  const next = { theirs: 0, ours: 0 };
  const addUpTo = (their: number, our: number): void => {
    const added = theirs.slice(next.theirs, Math.max(next.theirs, their));
    const left = countEach(added);
    for (const element of added) merged.push({ element, twin: false });
    for (const element of ours.slice(next.ours, Math.max(next.ours, our))) {
      const twins = left.get(element) ?? 0;
      left.set(element, twins - 1);
      merged.push({ element, twin: twins > 0 });
    }
    // The next one is the element of the base itself.
    if (their >= 0) next.theirs = their + 1;
    if (our >= 0) next.ours = our + 1;
  };
  base.forEach((element, at) => {
    const [their, our] = [inTheirs[at] ?? -1, inOurs[at] ?? -1];
    addUpTo(their, our);
    if (their >= 0 && our >= 0) merged.push({ element, twin: false });
  });
  addUpTo(theirs.length, ours.length);
  return withoutRepetition(merged, countMerged(base, theirs, ours));
}

interface Placed {
  readonly element: string;
  /** Ours, where theirs has the same in the same place. */
  readonly twin: boolean;
}

/** Where an element is there too often, twins go first, then what stands last. */
function withoutRepetition(placed: readonly Placed[], allowed: ReadonlyMap<string, number>): string[] {
  const surplus = countEach(placed.map(({ element }) => element));
  for (const [element, count] of surplus) surplus.set(element, count - (allowed.get(element) ?? 0));
  const kept = placed.filter(({ element, twin }) => {
    const many = surplus.get(element) ?? 0;
    if (!twin || many <= 0) return true;
    surplus.set(element, many - 1);
    return false;
  });
  const left = new Map(allowed);
  return kept.flatMap(({ element }) => {
    const count = left.get(element) ?? 0;
    left.set(element, count - 1);
    return count > 0 ? [element] : [];
  });
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
