/**
 * Covers that are equal to their sources, for text. Sources are in the reference and in what comes before in the target. Of
 * the places that a seed leads to, the one counts that saves most: literals are cheap where the model
 * predicts them, and far sources cost.
 */
import { recordSize, setRecord } from './records';
import { backward, forward, hash12, link } from './seeds';

const seed: i32 = 12;
/** A cover of such a length needs no other. */
const plenty: i32 = 65536;
/** One at the present alignment needs none of such a length. */
const enough: i32 = 512;
/** How far a cover reaches back: what is before it had its own chance, and long runs of one byte would take for ever. */
const furthest: i32 = 64;
/** For each place of a seed that is tried, so many at the end of a cover get into the chains: few others are wanted, and equal ones are in them. */
const kept: i32 = 512;
/** What a cover has to save, in eighths of bits. */
const least: i32 = 16;

let lastPlace: i32 = 0; // where the last cover ended in `bytes`
let lastSource: i32 = 0; // and where its source did
let count: i32 = 0;

/**
 * `bytes` is the reference, of `referenceSize` bytes, and behind it the target, up to `total`. `heads` and `links` have the seeds of the
 * reference, and get those of the target (`forget` takes them out again). `literal` is what a literal costs in eighths of bits, `depth` how many places of a seed are
 * tried. Writes records and gives their number.
 */
export function matchExact(
  bytes: usize, referenceSize: i32, total: i32, heads: usize, links: usize, bits: i32, depth: i32, literal: i32, records: usize,
): i32 {
  lastPlace = referenceSize;
  lastSource = 0;
  count = 0;
  for (let p = referenceSize; p < total; ) {
    p = advance(p, bytes, referenceSize, total, heads, links, bits, depth, literal, records);
  }
  return count;
}

/** How many bytes a source at `from` may give: not beyond the reference, nor beyond what is before `place`. */
@inline
function reach(from: i32, referenceSize: i32, place: i32): i32 {
  return from < referenceSize ? referenceSize - from : place - from;
}

@inline
function bitsOf(distance: i32): i32 {
  return distance == 0 ? 0 : 31 - clz(distance < 0 ? -distance : distance);
}

function advance(
  p: i32, bytes: usize, referenceSize: i32, total: i32, heads: usize, links: usize, bits: i32, depth: i32, literal: i32, records: usize,
): i32 {
  const stop = min(p + 4096, total);
  while (p < stop) {
    const place = lastPlace;
    const aligned = lastSource + (p - place);
    let best = least;
    let length = 0;
    let back = 0;
    let source = -1;
    if (aligned < p) {
      const equal = forward(bytes + aligned, bytes + p, min(total - p, max(0, reach(aligned, referenceSize, p))));
      const saved = equal * literal - (p - place < 4 ? 4 : 6) * 8;
      if (equal >= 4 && saved > best) {
        best = saved;
        length = equal;
        source = aligned;
      }
    }
    if (p > place && lastSource < p) {
      const equal = forward(bytes + lastSource, bytes + p, min(total - p, max(0, reach(lastSource, referenceSize, p))));
      const saved = equal * literal - 8 * 8;
      if (saved > best) {
        best = saved;
        length = equal;
        source = lastSource;
      }
    }
    if (length < enough && p + seed <= total) {
      let from = load<i32>(heads + (<usize>(hash12(bytes + p) >>> (32 - bits)) << 2));
      for (let tries = depth; from >= 0 && tries > 0; tries--) {
        if (load<u32>(bytes + from) == load<u32>(bytes + p)) {
          const inside = from < referenceSize;
          const room = inside ? from : min(from - referenceSize, p - from - seed);
          const before = backward(bytes + from, bytes + p, min(min(p - place, furthest), room));
          const most = inside ? referenceSize - from : p - before - from;
          const equal = forward(bytes + from, bytes + p, min(total - p, max(0, most)));
          const saved = (equal + before) * literal - (11 + bitsOf(from - aligned)) * 8;
          if (equal >= seed && saved > best) {
            best = saved;
            length = equal;
            back = before;
            source = from;
            if (equal > plenty) break;
          }
        }
        from = load<i32>(links + (<usize>from << 2));
      }
    }
    if (source < 0) {
      if (p + seed <= total) link(bytes, p, heads, links, bits);
      p++;
      continue;
    }
    setRecord(records + <usize>count * recordSize, source - back, p - back - referenceSize, length + back);
    count++;
    const next = p + length;
    for (p = max(p, next - kept * depth); p < next; p++) if (p + seed <= total) link(bytes, p, heads, links, bits);
    lastSource = source + length;
    lastPlace = p;
  }
  return p;
}
