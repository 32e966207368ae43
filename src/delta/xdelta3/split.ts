/** Finds where a window of the target should be cut, because its parts come from different places. */
import { segmentLength, smallestPart } from './limits.ts';
import { type Hit, vote } from './segment.ts';

/** How many more samples the two parts must find together to be coded apart. */
const gain = 8;
/** How many places are tried at most. */
const mostTries = 24;

export interface Cut {
  /** In bytes from the beginning of the window. */
  readonly at: number;
  /** How many hits lie before it. */
  readonly hits: number;
}

/** The best place to cut a window of `length` bytes, of which `found` hits are within reach of one segment; or null. */
export function cutOf(hits: readonly Hit[], length: number, found: number, expected: number): Cut | null {
  if (hits.length <= found + gain) return null;
  const jumps: Cut[] = [];
  for (const [i, hit] of hits.entries()) {
    const before = hits[i - 1];
    if (before === undefined || before.target < smallestPart || length - before.target < smallestPart)
      continue;
    const jump = Math.abs(hit.reference - hit.target - (before.reference - before.target));
    if (jump > segmentLength / 2) jumps.push({ at: before.target, hits: i });
  }
  let best: Cut | null = null;
  let most = found + gain;
  const step = Math.max(1, jumps.length / mostTries);
  for (let next = 0; next < jumps.length; next += step) {
    const cut = jumps[Math.floor(next)];
    if (cut === undefined) break;
    const parts = [hits.slice(0, cut.hits), hits.slice(cut.hits)];
    const count = parts.reduce((sum, part) => sum + vote(part, segmentLength, expected).count, 0);
    if (count > most) [best, most] = [cut, count];
  }
  return best;
}
