/**
 * The bytes that no cover brings (FORMAT §6.4.7), each predicted from what is before it in the block, from the same
 * bytes further back, and from what the reference has where the last cover ended. Where the same bytes have been seen, it is
 * said first whether the byte is the one that stood behind them: mostly it is, and one bit costs less time than eight.
 */
import { ByteModel, codeByte, createByteModel, setByteContext } from './byte-model';
import { beginReading, beginWriting, finish, isLost, train, training, writing } from './coder';
import { FlagModel, codeFlag, createFlagModel, setContext } from './flag-model';
import { mix } from './hash';
import { lengthOf, placeOf, recordSize, sourceOf } from './records';

/** log2 of the places that are kept where 6 and 12 bytes stood before. */
const placeBits: u32 = 17;
const context: i32 = 12;
/** Places are kept for every byte this near to the ends of a cover, and for every so many bytes within. */
const dense: i32 = 32;
const sparse: i32 = 8;
const sparseInBinary: i32 = 32;
/** How far a literal looks back. What is before a cover that is ahead may not be known yet. */
const lookBack: i32 = 40;

/** No byte was seen. */
const none: u32 = 256;

let model: ByteModel = changetype<ByteModel>(0);
let guessModel: FlagModel = changetype<FlagModel>(0);
let guesses: u32 = 0; // of the last literals, whether a guess was right, the latest lowest
let near: usize = 0; // where the same 6 bytes stood
let far: usize = 0; // 12 bytes
let binary: bool = false;
let detailed: bool = false;
let tail: usize = 0; // what the reference has behind the last cover
let tailEnd: usize = 0;
let since: u32 = 0; // literals since the last cover
let budget: i32 = 0;
let trained: i32 = -1;
let ahead: i32 = 0;

/**
 * Fills the holes between the covers of `block`, whose covers from the reference are in place, and copies those from within the
 * block; in writing the literals are in their places. `tails` has for each cover from the reference a u32, room for 12 bytes, and so many
 * bytes as the number says. Gives the length of the stream in writing, 1 in reading; 0 where it does not fit or is damaged.
 */
export function codeLiterals(
  block: usize, size: i32, write: bool, records: usize, count: i32, reference: f64,
  tails: usize, profile: i32, lesson: i32, lessons: i32, coded: usize, end: usize, heap: usize, bits: i32,
): i32 {
  if (write) beginWriting(coded, end);
  else beginReading(coded, end);
  near = heap;
  far = near + (5 << placeBits);
  memory.fill(near, 0, 10 << placeBits);
  heap = (far + (5 << placeBits) + 63) & ~63;
  model = changetype<ByteModel>(heap);
  binary = profile != 0;
  detailed = profile == 2;
  heap = createByteModel(heap, detailed ? 12 : 8, 48, bits);
  guessModel = changetype<FlagModel>(heap);
  heap = createFlagModel(heap, 4, 64, bits + 1);
  guesses = 0;
  tail = tailEnd = 0;
  budget = lessons;
  trained = -1;
  ahead = 0;
  let place = 0;
  for (let i = 0; i <= count; i++) {
    const record = records + <usize>i * recordSize;
    const stop = i < count ? placeOf(record) : size;
    if (stop > place) {
      if (lesson) learnAhead(block, records, i, count, reference, lesson);
      fill(block + place, stop - place);
      if (isLost()) return 0;
    }
    if (i == count) break;
    const length = lengthOf(record);
    const next = i + 1 < count ? placeOf(record + recordSize) : size;
    place = stop + length;
    const source = sourceOf(record) - <i64>reference;
    if (source < 0) {
      // FORMAT §6.4.2: what the reference has behind the cover stands in `tails`, behind a copy of its last bytes
      const kept = <i32>load<u32>(tails);
      tail = tails + 4 + context;
      memory.copy(tails + 4, block + place - context, context);
      tails = tail + kept;
      tailEnd = tails;
      if (next > place) for (let at = tail - context + 1; at < tailEnd; at++) keep(at);
    } else {
      if (!write) memory.copy(block + stop, block + <usize>source, length);
      tail = block + <usize>source + length;
      tailEnd = min(tail + 256, block + stop);
    }
    keepCover(block + stop, length);
  }
  const ended = finish();
  return ended == 0 ? 0 : write ? <i32>(ended - coded) : 1;
}

@inline
function hashOfNear(at: usize): u32 {
  return mix(load<u32>(at - 4), <u32>load<u16>(at - 6));
}

@inline
function hashOfFar(at: usize): u32 {
  return mix(mix(load<u32>(at - 4), load<u32>(at - 8)), load<u32>(at - 12));
}

/** Keeps a place in a table: u32 for each, behind all of them a byte of the hash for each. */
@inline
function keepIn(table: usize, hash: u32, at: usize): void {
  const index = <usize>(hash >>> (32 - placeBits));
  store<u32>(table + (index << 2), <u32>at);
  store<u8>(table + (4 << placeBits) + index, <u8>hash);
}

/** The place of a hash, or 0: the byte of the hash spares looking at most places that do not fit. */
@inline
function placeIn(table: usize, hash: u32): usize {
  const index = <usize>(hash >>> (32 - placeBits));
  const place = <usize>load<u32>(table + (index << 2));
  return <u32>load<u8>(table + (4 << placeBits) + index) == (hash & 255) ? place : 0;
}

/** What comes at `at` may come again behind the same bytes. */
@inline
function keep(at: usize): void {
  keepIn(near, hashOfNear(at), at);
  keepIn(far, hashOfFar(at), at);
}

function keepCover(at: usize, length: i32): void {
  const step = binary ? sparseInBinary : sparse;
  for (let k = 0; k < length; k += k > dense && length - k > dense ? step : 1) keep(at + k);
}

/** Shows the model the beginning of the next long cover, which is what the literals before it are likely to resemble. */
function learnAhead(block: usize, records: usize, from: i32, count: i32, reference: f64, most: i32): void {
  const least = min(most, 256);
  ahead = max(ahead, from);
  while (ahead < count) {
    const record = records + <usize>ahead * recordSize;
    if (lengthOf(record) >= least && sourceOf(record) < <i64>reference) break;
    ahead++;
  }
  if (ahead == count || ahead == trained) return;
  trained = ahead;
  const record = records + <usize>ahead * recordSize;
  const length = min(lengthOf(record), min(most, budget));
  budget -= length;
  const at = block + placeOf(record);
  const resume = tail;
  tail = tailEnd;
  since = 3;
  train(true);
  for (let k = lookBack; k < length; k++) {
    codeLiteral(at + k);
    keep(at + k);
  }
  train(false);
  tail = resume;
}

function fill(at: usize, length: i32): void {
  since = 0;
  for (let k = 0; k < length; k++) {
    codeLiteral(at + k);
    keep(at + k);
    since++;
    tail++;
    if ((k & 255) == 0 && isLost()) return;
  }
}

/** How many bytes before `a` and `b` are the same, of at most `most`, a multiple of eight. */
@inline
function matched(a: usize, b: usize, most: u32): u32 {
  if (a == 0) return 0;
  for (let n: u32 = 0; n < most; n += 8) {
    const other = load<u64>(a - 8 - n) ^ load<u64>(b - 8 - n);
    if (other) return n + <u32>(clz(other) >> 3);
  }
  return most;
}

/** A hash of the letters that end here, of at most 15. */
@inline
function wordBefore(at: usize): u32 {
  let word: u32 = 0;
  for (let k: usize = 1; k < 16; k++) {
    const letter = <u32>load<u8>(at - k) | 32;
    if (letter < 97 || letter > 122) break;
    word = mix(word, letter);
  }
  return word;
}

function codeLiteral(at: usize): void {
  const c4 = load<u32>(at - 4);
  const c1 = c4 >>> 24;
  const a = placeIn(near, hashOfNear(at));
  const b = placeIn(far, hashOfFar(at));
  const lengthA = matched(a, at, 24);
  const lengthB = matched(b, at, lookBack);
  const byteA: u32 = lengthA >= 4 ? load<u8>(a) : none;
  const byteB: u32 = lengthB >= 8 ? load<u8>(b) : none;
  const s = min(since, 3);
  const here = tail < tailEnd ? <u32>load<u8>(tail) : 0;
  const word = binary ? c4 >>> 8 : wordBefore(at);
  const guess = byteB != none ? byteB : byteA;
  guesses <<= 1;
  if (guess != none) {
    const agreed = u32(byteA == guess) | u32(here == guess) << 1 | u32(byteB == guess) << 2;
    setContext(guessModel, 0, mix(1, lengthA << 19 | agreed << 16 | guess << 8 | c1));
    setContext(guessModel, 1, mix(mix(2, word), guess));
    setContext(guessModel, 2, mix(3, c4 & 0xffffff00 | guess));
    setContext(guessModel, 3, mix(4, lengthA << 16 | lengthB << 8 | agreed << 2 | s));
    const right = codeFlag(guessModel, <i32>(agreed << 3 | (guesses >> 1 & 7)), i32(load<u8>(at) == guess));
    guesses |= right;
    if (right) {
      if (!writing && !training) store<u8>(at, <u8>guess);
      return;
    }
  }
  if (binary) {
    // Tables have columns of 4 bytes and rows of 4, 8 or 12. Where they grow, a number that is below the one above it so far has a higher byte to come.
    const phase = <u32>at & 3;
    const known: u32 = (<u32>1 << (phase << 3)) - 1;
    const start = at - phase;
    const low = load<u32>(start) & known;
    const b4 = c4 & 255;
    const b8 = <u32>load<u8>(at - 8);
    const b12 = <u32>load<u8>(at - 12);
    const in4 = phase | u32(low < (load<u32>(start - 4) & known)) << 2;
    const in8 = phase | u32(low < (load<u32>(start - 8) & known)) << 2;
    const in12 = phase | u32(low < (load<u32>(start - 12) & known)) << 2;
    setByteContext(model, 0, mix(1, c1 << 2 | phase));
    setByteContext(model, 1, mix(2, c4 >>> 16));
    setByteContext(model, 2, mix(3, c4 >>> 8 & 0xffff));
    setByteContext(model, 3, mix(4, byteA << 20 | c1 << 10 | byteB));
    setByteContext(model, 4, mix(5, b4 << 3 | in4));
    setByteContext(model, 5, mix(6, b8 << 3 | in8));
    setByteContext(model, 6, mix(7, b12 << 3 | in12));
    setByteContext(model, 7, mix(8, b12 << 11 | <u32>load<u8>(at - 24) << 3 | in12));
    if (detailed) {
      setByteContext(model, 8, mix(9, c4 >>> 8));
      setByteContext(model, 9, mix(10, c4 & 0xf0f0f0ff));
      setByteContext(model, 10, mix(11, b4 << 16 | b8 << 8 | b12));
      setByteContext(model, 11, mix(12, byteB << 6 | lengthB));
    }
  } else {
    setByteContext(model, 0, mix(1, c1));
    setByteContext(model, 1, mix(2, (c4 >>> 16) << 9 | guess));
    setByteContext(model, 2, mix(3, c4 >>> 8));
    setByteContext(model, 3, mix(4, c4));
    setByteContext(model, 4, mix(5, byteA << 20 | c1 << 10 | byteB));
    setByteContext(model, 5, mix(6, here << 2 | s));
    setByteContext(model, 6, mix(7, word));
    setByteContext(model, 7, mix(8, guess));
  }
  const likeB: u32 = byteB == none ? 0 : lengthB >= 32 ? 3 : lengthB >= 16 ? 2 : 1;
  const likeA: u32 = byteA == none ? 0 : lengthA >= 16 ? 2 : 1;
  const byte = codeByte(model, (likeB * 3 + likeA) * 4 + (binary ? <u32>at & 3 : s), load<u8>(at));
  if (!writing && !training) store<u8>(at, <u8>byte);
}
