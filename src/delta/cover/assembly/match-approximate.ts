/**
 * Covers that may differ in a few bytes, for programs and other binary data: seeds are found by hash, and covers reach as
 * far as at least half of the bytes are equal (Percival, "Naive differences of executable code", 2003).
 */
import { recordSize, setRecord } from './records';
import { backward, forward, hash16 } from './seeds';

const seed: i32 = 16;
/** An alignment is left only where another one has so many more equal bytes. */
const better: i32 = 16;
/** Equal bytes at the present alignment from which on no other one is looked for. */
const enough: i32 = 8;
/** How far a cover reaches back without gain. */
const patience: i32 = 256;
/** Behind so many bytes without equal ones a cover begins anew. */
const long: i32 = 4096;

let reference: usize = 0;
let referenceSize: i32 = 0;
let target: usize = 0;
let targetSize: i32 = 0;
let out: usize = 0;
let count: i32 = 0;
let place: i32 = 0; // where the present alignment begins in the target
let source: i32 = 0; // and in the reference
let reached: i32 = 0; // to where its bytes were equal last

/** Writes records of covers in order of their places, none over another. Gives their number. */
export function matchApproximate(
  old: usize, oldSize: i32, now: usize, size: i32, heads: usize, bits: i32, records: usize,
): i32 {
  reference = old;
  referenceSize = oldSize;
  target = now;
  targetSize = size;
  out = records;
  count = place = source = reached = 0;
  for (let p = 0; p <= size - seed; ) p = advance(p, heads, 32 - bits);
  close(size, 0);
  return count;
}

/** Goes on for a while from `p`, so that this loop, which is the hot one, is a function that ends. */
function advance(p: i32, heads: usize, shift: u32): i32 {
  const end = min(p + 65536, targetSize - seed);
  while (p <= end) {
    const aligned = source + (p - place);
    if (aligned >= 0 && aligned < referenceSize && load<u8>(reference + aligned) == load<u8>(target + p)) {
      const equal = forward(reference + aligned, target + p, min(targetSize - p, referenceSize - aligned));
      if (equal >= enough) {
        // Behind a long part that is not equal, the cover that ended there does not reach, so that this is another one.
        if (equal >= seed && p - reached > long) close(p, aligned);
        p += equal;
        reached = p;
        continue;
      }
    }
    const found = load<i32>(heads + (<usize>(hash16(target + p) >>> shift) << 2));
    if (found >= 0 && found != aligned) {
      const equal = forward(reference + found, target + p, min(targetSize - p, referenceSize - found));
      if (equal >= seed) {
        const before = backward(reference + found, target + p, min(p - place, found));
        if (equal + before > equalAt(p - before, aligned - before, equal + before) + better) {
          close(p - before, found - before);
          p += equal;
          reached = p;
          continue;
        }
      }
    }
    p++;
  }
  return p;
}

/** How many bytes are equal at an alignment. */
function equalAt(p: i32, aligned: i32, length: i32): i32 {
  if (aligned < 0) return 0;
  let equal = 0;
  const most = min(length, referenceSize - aligned);
  for (let i = 0; i < most; i++) if (load<u8>(reference + aligned + i) == load<u8>(target + p + i)) equal++;
  return equal;
}

/** Ends the present alignment, and begins the one that leads from `p` to `from`. */
function close(p: i32, from: i32): void {
  let ahead = reachForward(min(p - place, referenceSize - source));
  let back = p < targetSize ? reachBack(p, from, min(p - place, from)) : 0;
  const overlap = place + ahead - (p - back);
  if (overlap > 0) {
    const kept = bestCut(place + ahead - overlap, source + ahead - overlap, p - back, from - back, overlap);
    ahead += kept - overlap;
    back -= kept;
  }
  if (ahead > 0) {
    setRecord(out, source, place, ahead);
    out += recordSize;
    count++;
  }
  place = p - back;
  source = from - back;
}

/** The length with the most equal bytes less the unequal ones. */
function reachForward(most: i32): i32 {
  let equal = 0;
  let best = 0;
  let length = 0;
  for (let i = 0; i < most; ) {
    if (load<u8>(reference + source + i) == load<u8>(target + place + i)) equal++;
    i++;
    if (equal * 2 - i > best * 2 - length) {
      best = equal;
      length = i;
    }
  }
  return length;
}

function reachBack(p: i32, from: i32, most: i32): i32 {
  let equal = 0;
  let best = 0;
  let length = 0;
  for (let i = 1; i <= most && i - length <= patience; i++) {
    if (load<u8>(reference + from - i) == load<u8>(target + p - i)) equal++;
    if (equal * 2 - i > best * 2 - length) {
      best = equal;
      length = i;
    }
  }
  return length;
}

/** Of `length` bytes that both alignments reach, how many the first one should have. */
function bestCut(p1: i32, from1: i32, p2: i32, from2: i32, length: i32): i32 {
  let score = 0;
  let best = 0;
  let cut = 0;
  for (let i = 0; i < length; i++) {
    if (load<u8>(reference + from1 + i) == load<u8>(target + p1 + i)) score++;
    if (load<u8>(reference + from2 + i) == load<u8>(target + p2 + i)) score--;
    if (score > best) {
      best = score;
      cut = i + 1;
    }
  }
  return cut;
}
