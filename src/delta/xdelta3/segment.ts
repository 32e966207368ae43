/** Finds the part of the reference that is most like a part of the target. */
import { type ReferenceIndex } from './reference-index.ts';
import { sample } from './sample.ts';

/** The same sample, here and there. */
export interface Hit {
  /** Its place in the target window. */
  readonly target: number;
  /** Its place in the reference. */
  readonly reference: number;
}

/**
 * The samples of a target window that the reference has too, in the order of the target. Where it has one several
 * times, the nearest counts, if the window were found at `expected`.
 */
export function hitsOf(target: Uint8Array, index: ReferenceIndex, expected: number): Hit[] {
  const { count, keys, places } = sample(target, index.bits);
  const hits: Hit[] = [];
  for (let i = 0; i < count; i += 1) {
    const place = places[i] ?? 0;
    const reference = index.find(keys[i] ?? 0, expected + place);
    if (reference >= 0) hits.push({ target: place, reference });
  }
  return hits;
}

export interface Vote {
  /** How many hits lie in the best segment. */
  readonly count: number;
  /** The middle of those hits in the reference, and how far they reach. */
  readonly middle: number;
  readonly span: number;
}

/** The segment of `length` bytes with the most hits; of equal ones the one nearest to `expected`. */
export function vote(hits: readonly Hit[], length: number, expected: number): Vote {
  const places = Float64Array.from(hits, (hit) => hit.reference).sort();
  let best: Vote = { count: 0, middle: expected, span: 0 };
  let first = 0;
  for (let last = 0; last < places.length; last += 1) {
    const end = places[last] ?? 0;
    while (end - (places[first] ?? 0) > length) first += 1;
    const count = last - first + 1;
    const middle = Math.floor((end + (places[first] ?? 0)) / 2);
    const nearer = Math.abs(middle - expected) < Math.abs(best.middle - expected);
    if (count > best.count || (count === best.count && nearer))
      best = { count, middle, span: end - (places[first] ?? 0) };
  }
  return best;
}

/** Where a segment of `length` bytes around `middle` begins, so that it lies within the reference. */
export function segmentStart(middle: number, length: number, referenceSize: number): number {
  return Math.max(0, Math.min(Math.floor(middle - length / 2), referenceSize - length));
}
