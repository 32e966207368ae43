/**
 * A model of bytes that mixes the predictions of several contexts (FORMAT §6.4.4). A byte is two symbols of four bits. Each context leads to a
 * line of 16 logarithms of how likely the symbols are; their sum, weighed by weights that learn, is the logarithm of the mixed probability. All
 * is in whole numbers but the sum of the 16 probabilities, which makes them one.
 *
 * A line has 16 values of 16 bits, in 1/2,048 of a bit: 0 is a probability of 1/16. Their lowest four bits are not part of them: those of the
 * first three are the check of the context, those of the fourth how often the line was used.
 */
import { codeSymbol } from './coder';
import { firstSteps, nextSteps, placesOf } from './hash';

/** How much a line counts by number of uses, in 1/4,096: u16[16]. */
let trustTable: usize = 0;
/** What the values of symbols that did not come lose: i16[16]. */
let lossTable: usize = 0;
/** What the value of the symbol that came becomes, by uses and value: i16[16][512]. */
let gainTable: usize = 0;

const mostUses: usize = 12;
/** The least value of a symbol. */
const lowest: i16 = -18432;
const values = i16x8(-16, -16, -16, -16, -1, -1, -1, -1);
/** Where the check is in the first eight bytes of a line, and where the uses are. */
const checkBits: u64 = 0xf000f000f;
const headBits: u64 = 0xf000f000f000f;
const mostWeight: i32 = (4 << 16) - 1;
/** How fast weights learn, in 1/4,096: much at first. */
const firstRate: i32 = 480 << 12;
const lastRate: i32 = 80 << 12;
/** Weights do not learn from a symbol that was as likely, in 1/65,536. */
const certain: u32 = 64000;

/** Where the tables are that the caller has to fill; see tables.ts. */
export function useByteTables(trusts: usize, losses: usize, gains: usize): void {
  trustTable = trusts;
  lossTable = losses;
  gainTable = gains;
}

@unmanaged
export class ByteModel {
  /** Contexts, times four: bytes of a list of u32. */
  size: usize;
  /** Lines in pairs, and by how much a hash is shifted to find one. */
  lines: usize;
  shift: u32;
  /** For each set and half of a byte a list of i32, in 1/65,536. */
  weights: usize;
  /** Hashes of the contexts, rounded up to four. */
  hash: usize;
  /** Of the next symbol: what the hashes come to, and where the pairs of lines are. */
  checks: usize;
  pairs: usize;
  /** Where the lines of the symbol that is being coded are, and what their trust was. */
  line: usize;
  trust: usize;
  /** Keeps the first look at lines from being left out as useless. */
  asked: u32;
  /** The probabilities of the symbols in 1/65,536, u16[16], and where they begin, u16[17]. */
  shares: usize;
  sums: usize;
  rate: i32;
}

/** Makes a model at `heap` and gives where free memory goes on. `sets` are sets of weights, `bits` log2 of the lines. */
export function createByteModel(heap: usize, contexts: i32, sets: i32, bits: i32): usize {
  const model = changetype<ByteModel>(heap);
  const size = <usize>contexts << 2;
  const rounded = (size + 15) & ~15;
  let at = (heap + offsetof<ByteModel>() + 63) & ~63;
  model.size = size;
  model.rate = firstRate;
  model.shift = 33 - bits;
  model.lines = at;
  at += <usize>32 << bits;
  model.hash = at;
  at += rounded;
  model.checks = at;
  at += rounded;
  model.pairs = at;
  at += rounded;
  model.line = at;
  at += rounded;
  model.trust = at;
  at += rounded;
  model.shares = at;
  model.sums = at + 32;
  at += 96;
  memory.fill(model.lines, 0, at - model.lines);
  model.weights = at;
  at += <usize>sets * 2 * size;
  const even = 90000 / contexts;
  for (let weight = model.weights; weight < at; weight += 4) store<i32>(weight, even);
  return (at + 63) & ~63;
}

@inline
export function setByteContext(model: ByteModel, index: i32, hash: u32): void {
  store<u32>(model.hash + (<usize>index << 2), hash);
}

/** Finds the pair of lines of each context. They are far apart in memory: all are asked for before the first answer is needed. */
@inline
function findPairs(model: ByteModel, salt: u32): void {
  const size = model.size;
  const hashes = model.hash;
  const checks = model.checks;
  const pairs = model.pairs;
  const salts = i32x4.splat(salt * 0x9e3779b1);
  let steps = firstSteps;
  for (let i: usize = 0; i < size; i += 16) {
    const h = placesOf(i32x4.add(v128.load(hashes + i), salts), steps);
    v128.store(checks + i, h);
    v128.store(pairs + i, i32x4.add(i32x4.shl(i32x4.shr_u(h, model.shift), 6), i32x4.splat(<i32>model.lines)));
    steps = i32x4.add(steps, nextSteps);
  }
  let asked: u32 = 0;
  for (let i: usize = 0; i < size; i += 4) asked ^= load<u32>(load<usize>(pairs + i));
  model.asked = asked;
}

/** Takes the line of each context from its pair. Where it is none of them, the line that was used less becomes its own. */
@inline
function takeLines(model: ByteModel): void {
  const size = model.size;
  const checks = model.checks;
  const pairs = model.pairs;
  const found = model.line;
  for (let i: usize = 0; i < size; i += 4) {
    const first = load<usize>(pairs + i);
    const check = (<u64>(load<u32>(checks + i) & 0xfff) * 0x1001001) & checkBits;
    const a = load<u64>(first) & headBits;
    const b = load<u64>(first, 32) & headBits;
    const isFirst = (a ^ check) << 16 == 0;
    const isSecond = !isFirst && (b ^ check) << 16 == 0;
    const replaced: usize = b >> 48 < a >> 48 ? 32 : 0;
    const line = first + select<usize>(0, select<usize>(32, replaced, isSecond), isFirst);
    store<usize>(found + i, line);
    if (isFirst || isSecond) continue;
    const other = first + (32 - replaced);
    const head = load<u16>(other, 6);
    if (head & 15) store<u16>(other, head - 1, 6);
    store<u64>(line, check);
    store<u64>(line, 0, 8);
    v128.store(line, i16x8.splat(0), 16);
  }
}

/** What is a power of two by its logarithm in 1/256, straight between whole ones. */
@inline
function power(logarithm: v128): v128 {
  return i32x4.add(i32x4.shl(logarithm, 15), i32x4.splat(127 << 23));
}

/** The nearest whole number, the even one of two, of a number below 2^22. */
@inline
function whole(x: v128): v128 {
  return i32x4.sub(f32x4.add(x, f32x4.splat(8388608.0)), i32x4.splat(0x4b000000));
}

/** Each of eight numbers and all before it. */
@inline
function sumsOf(x: v128): v128 {
  const zero = i16x8.splat(0);
  x = i16x8.add(x, i8x16.shuffle(zero, x, 0, 1, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
  x = i16x8.add(x, i8x16.shuffle(zero, x, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  return i16x8.add(x, i8x16.shuffle(zero, x, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
}

@inline
function sumOfFloats(x: v128): f32 {
  const y = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1);
}

@inline
function sumOfWhole(x: v128): i32 {
  const y = i32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return i32x4.extract_lane(y, 0) + i32x4.extract_lane(y, 1);
}

/** Codes four bits with the lines that were taken. */
@inline
function codeHalf(model: ByteModel, weights: usize, symbol: i32): i32 {
  const size = model.size;
  const line = model.line;
  const trusts = model.trust;
  let s = i16x8.splat(0);
  let t = s;
  for (let i: usize = 0; i < size; i += 4) {
    const at = load<usize>(line + i);
    const trust = <i32>load<u16>(trustTable + ((<usize>load<u16>(at, 6) & 15) << 1));
    store<i32>(trusts + i, trust);
    const weight = i16x8.splat(<i16>((load<i32>(weights + i) * trust) >> 16));
    s = i16x8.add_sat_s(s, i16x8.q15mulr_sat_s(v128.and(v128.load(at), values), weight));
    t = i16x8.add_sat_s(t, i16x8.q15mulr_sat_s(v128.load(at, 16), weight));
  }
  const least = i16x8.splat(-7680);
  const most = i16x8.splat(7680);
  s = i16x8.max_s(least, i16x8.min_s(most, s));
  t = i16x8.max_s(least, i16x8.min_s(most, t));
  const p0 = power(i32x4.extend_low_i16x8_s(s));
  const p1 = power(i32x4.extend_high_i16x8_s(s));
  const p2 = power(i32x4.extend_low_i16x8_s(t));
  const p3 = power(i32x4.extend_high_i16x8_s(t));
  const scale = f32x4.splat(<f32>65280.0 / sumOfFloats(f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3))));
  const floor = i16x8.splat(8);
  const p = i16x8.add(i16x8.narrow_i32x4_u(whole(f32x4.mul(p0, scale)), whole(f32x4.mul(p1, scale))), floor);
  const q = i16x8.add(i16x8.narrow_i32x4_u(whole(f32x4.mul(p2, scale)), whole(f32x4.mul(p3, scale))), floor);
  const sums = model.sums;
  const x = sumsOf(p);
  v128.store(sums, x, 2);
  v128.store(sums, i16x8.add(sumsOf(q), i8x16.swizzle(x, i16x8.splat(0x0f0e))), 18);
  v128.store(model.shares, p);
  v128.store(model.shares, q, 16);
  return codeSymbol(symbol, sums);
}

/** What the model makes of the symbol that came. */
@inline
function learn(model: ByteModel, weights: usize, symbol: i32): void {
  const weigh = load<u16>(model.shares + (<usize>symbol << 1)) < certain;
  const p = i16x8.shr_u(v128.load(model.shares), 1);
  const q = i16x8.shr_u(v128.load(model.shares, 16), 1);
  const size = model.size;
  const line = model.line;
  const trusts = model.trust;
  const rate = model.rate >> 12;
  model.rate -= (model.rate - lastRate) >> 11;
  for (let i: usize = 0; i < size; i += 4) {
    const at = load<usize>(line + i);
    const head = v128.load(at);
    const a = v128.and(head, values);
    const b = v128.load(at, 16);
    const uses = <usize>load<u16>(at, 6) & 15;
    const place = at + (<usize>symbol << 1);
    const old = <i32>load<i16>(place);
    if (weigh) {
      const expected = sumOfWhole(i32x4.add(i32x4.dot_i16x8_s(p, a), i32x4.dot_i16x8_s(q, b)));
      const better = (((old & -16) << 15) - expected) >> 12;
      const step = (((better * load<i32>(trusts + i)) >> 10) * rate + 32768) >> 16;
      store<i32>(weights + i, max(-mostWeight, min(mostWeight, load<i32>(weights + i) + step)));
    }
    const loss = i16x8.splat(load<i16>(lossTable + (uses << 1)));
    const least = i16x8.splat(lowest);
    v128.store(at, v128.or(i16x8.max_s(i16x8.add_sat_s(a, loss), least), v128.andnot(head, values)));
    v128.store(at, i16x8.max_s(i16x8.add_sat_s(b, loss), least), 16);
    const gained = <i32>load<i16>(gainTable + (uses << 10) + (<usize>((old + 24576) >> 6) << 1));
    store<i16>(place, <i16>(gained | (symbol < 4 ? old & 15 : 0)));
    if (uses < mostUses) store<u16>(at, load<u16>(at, 6) + 1, 6);
  }
}

/** Codes a byte in the contexts that were set, with the weights of `set`. */
export function codeByte(model: ByteModel, set: i32, byte: i32): i32 {
  const weights = model.weights + <usize>set * 2 * model.size;
  findPairs(model, 0);
  takeLines(model);
  const upper = codeHalf(model, weights, byte >> 4);
  // While memory is waited for, there is something to do.
  findPairs(model, upper + 1);
  learn(model, weights, upper);
  takeLines(model);
  const lower = codeHalf(model, weights + model.size, byte & 15);
  learn(model, weights + model.size, lower);
  return (upper << 4) | lower;
}
