/** Covers that are equal to their sources: the answer that assembly/match-exact.ts is held to. */
import { recordList } from '../records.ts';
import { backward, createChains, forward } from './seeds.ts';

const [seed, plenty, enough, furthest, kept, least] = [12, 65_536, 512, 64, 512, 16];

export interface ExactJob {
  readonly reference: Uint8Array;
  readonly target: Uint8Array;
  readonly bits: number;
  /** How many places of a seed are tried. */
  readonly depth: number;
  /** What a literal costs in eighths of bits. */
  readonly literal: number;
}

/** A cover that could be: places are in the reference with the target behind it. */
interface Candidate {
  readonly source: number;
  /** Equal bytes from the present place on, and before it. */
  readonly length: number;
  readonly back: number;
  /** Eighths of bits that it saves. */
  readonly saved: number;
}

/** Records of covers in order of their places, none over another. */
export function matchExact({ reference, target, bits, depth, literal }: ExactJob): Uint8Array {
  const border = reference.length;
  const bytes = new Uint8Array(border + target.length);
  bytes.set(reference);
  bytes.set(target, border);
  const chains = createChains(bytes, bits);
  const link = (at: number, end: number): void => {
    if (at + seed <= end) chains.link(at);
  };
  const list = recordList(0);
  let last = { place: border, source: 0 }; // where the last cover ended, and its source did

  /** Equal bytes from two places on: a source does not go beyond the reference, nor beyond what is before `before`. */
  const equalFrom = (from: number, at: number, before: number): number => {
    const most = from < border ? border - from : before - from;
    return forward(bytes, from, bytes, at, Math.max(0, Math.min(bytes.length - at, most)));
  };

  /** The cover that goes on as the last one did. */
  function onward(at: number): Candidate | null {
    const source = last.source + at - last.place;
    if (source >= at) return null;
    const length = equalFrom(source, at, at);
    const saved = length * literal - (at - last.place < 4 ? 4 : 6) * 8;
    return length < 4 ? null : { source, length, back: 0, saved };
  }

  /** The cover that goes on where the last one's source ended. */
  function adjacent(at: number): Candidate | null {
    const { source } = last;
    if (at === last.place || source >= at) return null;
    const length = equalFrom(source, at, at);
    return { source, length, back: 0, saved: length * literal - 8 * 8 };
  }

  /** Covers that the seed at a place leads to. */
  function* ofSeeds(at: number): Generator<Candidate> {
    const aligned = last.source + at - last.place;
    let tries = 0;
    for (const source of chains.before(at)) {
      if (tries++ === depth) return;
      if (forward(bytes, source, bytes, at, 4) < 4) continue;
      const room = source < border ? source : Math.min(source - border, at - source - seed);
      const back = backward(bytes, source, bytes, at, Math.min(at - last.place, furthest, room));
      const length = equalFrom(source, at, at - back);
      const distance = Math.abs(source - aligned);
      const far = distance === 0 ? 0 : 31 - Math.clz32(distance);
      const saved = (length + back) * literal - (11 + far) * 8;
      if (length >= seed) yield { source, length, back, saved };
    }
  }

  function bestAt(at: number): Candidate | null {
    const saves = (one: Candidate | null, than: Candidate | null): one is Candidate =>
      one !== null && one.saved > (than?.saved ?? least);
    const first = onward(at);
    let best = saves(first, null) ? first : null;
    const second = adjacent(at);
    if (saves(second, best)) best = second;
    if ((best?.length ?? 0) >= enough || at + seed > bytes.length) return best;
    for (const one of ofSeeds(at)) {
      if (!saves(one, best)) continue;
      best = one;
      if (one.length > plenty) break;
    }
    return best;
  }

  for (let at = 0; at < border; at++) link(at, border);
  for (let at = border; at < bytes.length;) {
    const cover = bestAt(at);
    if (!cover) {
      link(at++, bytes.length);
      continue;
    }
    const { source, length, back } = cover;
    list.add(source - back, at - back - border, length + back);
    const next = at + length;
    for (at = Math.max(at, next - kept * depth); at < next; at++) link(at, bytes.length);
    last = { place: at, source: source + length };
  }
  return list.bytes();
}
