/** Covers that may differ in a few bytes: the answer that assembly/match-approximate.ts is held to. */
import { recordList } from '../records.ts';
import { backward, forward, indexSeeds, nowhere, seedHash } from './seeds.ts';

const seed = 16;
const [better, enough, patience, long] = [16, 8, 256, 4096];

/** The target from `place` on is taken from the reference from `source` on. */
interface Alignment {
  readonly place: number;
  readonly source: number;
}

/** Records of covers in order of their places, none over another. There is a seed at every `step` bytes of the reference. */
export function matchApproximate(
  reference: Uint8Array,
  target: Uint8Array,
  bits: number,
  step: number,
): Uint8Array {
  const heads = indexSeeds(reference, bits, step);
  const list = recordList(0);
  let now: Alignment = { place: 0, source: 0 };

  const equals = ({ place, source }: Alignment, i: number): boolean =>
    source + i >= 0 && source + i < reference.length && reference[source + i] === target[place + i];

  const equalFrom = (at: number, from: number): number =>
    forward(reference, from, target, at, Math.min(target.length - at, reference.length - from));

  /** How many bytes are equal at an alignment. */
  function equalAt(alignment: Alignment, length: number): number {
    if (alignment.source < 0) return 0;
    let equal = 0;
    for (let i = 0; i < length; i++) if (equals(alignment, i)) equal++;
    return equal;
  }

  /** The length with the most equal bytes less the unequal ones, forwards or backwards; looks no further than `patient` without gain. */
  function reach(alignment: Alignment, most: number, direction: 1 | -1, patient: number): number {
    let [score, best, length] = [0, 0, 0];
    for (let i = 0; i < most && i + 1 - length <= patient; i++) {
      score += equals(alignment, direction === 1 ? i : -1 - i) ? 1 : -1;
      if (score > best) [best, length] = [score, i + 1];
    }
    return length;
  }

  /** Of `length` bytes that two alignments reach, how many the first one should have. */
  function bestCut(first: Alignment, second: Alignment, length: number): number {
    let [score, best, cut] = [0, 0, 0];
    for (let i = 0; i < length; i++) {
      score += Number(equals(first, i)) - Number(equals(second, i));
      if (score > best) [best, cut] = [score, i + 1];
    }
    return cut;
  }

  /** Ends the present alignment, and begins another one. */
  function close(next: Alignment): void {
    const between = next.place - now.place;
    let ahead = reach(now, Math.min(between, reference.length - now.source), 1, Infinity);
    let back = next.place < target.length ? reach(next, Math.min(between, next.source), -1, patience) : 0;
    const overlap = ahead + back - between;
    if (overlap > 0) {
      const first = { place: next.place - back, source: now.source + ahead - overlap };
      const second = { place: next.place - back, source: next.source - back };
      const kept = bestCut(first, second, overlap);
      ahead += kept - overlap;
      back -= kept;
    }
    if (ahead > 0) list.add(now.source, now.place, ahead);
    now = { place: next.place - back, source: next.source - back };
  }

  /** Where at `at` another alignment is better than the present one: how far it is equal, and the place of that. */
  function other(at: number, aligned: number): Alignment | null {
    const found = heads[seedHash(target, at, seed, bits)] ?? nowhere;
    if (found === nowhere || found === aligned) return null;
    const equal = equalFrom(at, found);
    if (equal < seed) return null;
    const before = backward(reference, found, target, at, Math.min(at - now.place, found));
    const present = { place: at - before, source: aligned - before };
    if (equal + before <= equalAt(present, equal + before) + better) return null;
    return { place: at - before, source: found - before };
  }

  let reached = 0;
  for (let at = 0; at + seed <= target.length;) {
    const aligned = now.source + at - now.place;
    const equal = aligned >= 0 && aligned < reference.length ? equalFrom(at, aligned) : 0;
    if (equal >= enough) {
      if (equal >= seed && at - reached > long) close({ place: at, source: aligned });
      at += equal;
      reached = at;
      continue;
    }
    const next = other(at, aligned);
    if (next) {
      close(next);
      at += equalFrom(at, next.source + at - next.place);
      reached = at;
    } else at++;
  }
  close({ place: target.length, source: 0 });
  return list.bytes();
}
