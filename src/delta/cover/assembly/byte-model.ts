/**
 * A model of bytes that mixes the predictions of 8 or 12 contexts (FORMAT §6.4.4). A byte is two symbols of four bits. Each context leads to a
 * line of 16 logarithms of how likely the symbols are; their sum, weighed by weights that learn, is the logarithm of the mixed probability. All
 * is in whole numbers but the sum of the 16 probabilities, which makes them one. A logarithm is in 1/2,048 of a bit: 0 is a probability of 1/16.
 *
 * Contexts are written out one by one: loops over them take longer.
 */
import { codeSymbol } from './coder';
import { Lines, createLines, findLower, findUpper, lineOf, setLineContext, takeLines } from './lines';
import { setShares, sharesSize } from './shares';

/** How much a line counts by number of uses, in 1/4,096: the lower bytes of 16 numbers, and behind them the upper ones. */
const trustTable: usize = memory.data(32, 16);
/** What the values of symbols that did not come lose: i16[16]. */
let lossTable: usize = 0;
/** What the value of the symbol that came becomes, by uses and value: i16[16][512]. */
let gainTable: usize = 0;

const mostUses: usize = 12;
/** Lines that are used are used once more, but for those that were as often as is counted. */
const oneMore: usize = memory.data<u16>([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);
/** The least value of a symbol. */
const lowest: i16 = -18432;
/** The bits of the first eight values of a line that are not a value's. */
const values = i16x8(-16, -16, -16, -16, -1, -1, -1, -1);
/** A lane of four, in all of eight. */
const lane0 = i8x16(0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
const lane1 = i8x16(4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5, 4, 5);
const lane2 = i8x16(8, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9);
const lane3 = i8x16(12, 13, 12, 13, 12, 13, 12, 13, 12, 13, 12, 13, 12, 13, 12, 13);
const mostWeight: i32 = (4 << 16) - 1;
/** How fast weights learn, in 1/4,096: much at first. */
const firstRate: i32 = 480 << 12;
const lastRate: i32 = 80 << 12;
/** Weights do not learn from a symbol that was as likely, in 1/65,536. */
const certain: u32 = 64000;
/** Bytes of the weights of a half. */
const weightSize: usize = 48;

/** Where the tables are that the caller has to fill; see tables.ts. */
export function useByteTables(trusts: usize, losses: usize, gains: usize): void {
  const a = v128.load(trusts);
  const b = v128.load(trusts, 16);
  v128.store(trustTable, i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
  v128.store(trustTable, i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), 16);
  lossTable = losses;
  gainTable = gains;
}

@unmanaged
export class ByteModel {
  lines: Lines;
  /** For each set and half of a byte i32[12], in 1/65,536. */
  weights: usize;
  /** The half that nothing was learnt from yet: its weights, or 0, and the symbol that came. */
  pending: usize;
  symbol: i32;
  rate: i32;
  /** What the lines of the symbol that is being coded count: i32[12]. */
  trusts: usize;
  /** The probabilities of the symbols; see shares.ts. */
  shares: usize;
}

/** Makes a model of 8 or 12 contexts at `heap` and gives where free memory goes on. `sets` are sets of weights, `bits` log2 of the lines. */
export function createByteModel(heap: usize, contexts: i32, sets: i32, bits: i32): usize {
  const model = changetype<ByteModel>(heap);
  let at = (heap + offsetof<ByteModel>() + 63) & ~63;
  model.rate = firstRate;
  model.pending = 0;
  model.trusts = at;
  model.shares = at + weightSize;
  at += weightSize + sharesSize;
  memory.fill(model.trusts, 0, at - model.trusts);
  model.weights = at;
  at += <usize>sets * 2 * weightSize;
  const even = 90000 / contexts;
  for (let weight = model.weights; weight < at; weight += 4) store<i32>(weight, even);
  model.lines = changetype<Lines>(at);
  return createLines(at, contexts, bits);
}

@inline
export function setByteContext(model: ByteModel, index: i32, hash: u32): void {
  setLineContext(model.lines, index, hash);
}

/** The sums of four vectors of four. */
@inline
function sumsOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return i32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
}

/** How often the line of a context was used, by the number of the context times four. */
@inline
function usesOf(lines: Lines, offset: usize): i32 {
  return <i32>load<u16>(lineOf(lines, offset), 6) & 15;
}

/** What the lines of four contexts count. */
@inline
function trustOf(lines: Lines, offset: usize): v128 {
  let uses = i32x4.splat(usesOf(lines, offset));
  uses = i32x4.replace_lane(uses, 1, usesOf(lines, offset + 4));
  uses = i32x4.replace_lane(uses, 2, usesOf(lines, offset + 8));
  uses = i32x4.replace_lane(uses, 3, usesOf(lines, offset + 12));
  const index = v128.or(uses, i32x4.splat(<i32>0x80808000));
  const low = i8x16.swizzle(v128.load(trustTable), index);
  return v128.or(low, i32x4.shl(i8x16.swizzle(v128.load(trustTable, 16), index), 8));
}

/** Adds what a line says of the first eight symbols. */
@inline
function addFirst(sum: v128, lines: Lines, offset: usize, weight: v128): v128 {
  const said = v128.and(v128.load(lineOf(lines, offset)), values);
  return i16x8.add_sat_s(sum, i16x8.q15mulr_sat_s(said, weight));
}

/** Adds what a line says of the last eight symbols. */
@inline
function addLast(sum: v128, lines: Lines, offset: usize, weight: v128): v128 {
  return i16x8.add_sat_s(sum, i16x8.q15mulr_sat_s(v128.load(lineOf(lines, offset), 16), weight));
}

/** How four contexts are weighed, in 1/65,536; keeps what their lines count. */
@inline
function weightsOf(model: ByteModel, weights: usize, offset: usize): v128 {
  const trust = trustOf(model.lines, offset);
  v128.store(model.trusts + offset, trust);
  return i32x4.shr_s(i32x4.mul(v128.load(weights + offset), trust), 16);
}

@inline
function addFourFirst(sum: v128, lines: Lines, offset: usize, weights: v128): v128 {
  sum = addFirst(sum, lines, offset, i8x16.swizzle(weights, lane0));
  sum = addFirst(sum, lines, offset + 4, i8x16.swizzle(weights, lane1));
  sum = addFirst(sum, lines, offset + 8, i8x16.swizzle(weights, lane2));
  return addFirst(sum, lines, offset + 12, i8x16.swizzle(weights, lane3));
}

@inline
function addFourLast(sum: v128, lines: Lines, offset: usize, weights: v128): v128 {
  sum = addLast(sum, lines, offset, i8x16.swizzle(weights, lane0));
  sum = addLast(sum, lines, offset + 4, i8x16.swizzle(weights, lane1));
  sum = addLast(sum, lines, offset + 8, i8x16.swizzle(weights, lane2));
  return addLast(sum, lines, offset + 12, i8x16.swizzle(weights, lane3));
}

/** Codes four bits with the lines that were taken. */
@inline
function codeHalf(model: ByteModel, weights: usize, symbol: i32): i32 {
  const lines = model.lines;
  const a = weightsOf(model, weights, 0);
  const b = weightsOf(model, weights, 16);
  const none = i16x8.splat(0);
  let s = addFourFirst(addFourFirst(none, lines, 0, a), lines, 16, b);
  let t = addFourLast(addFourLast(none, lines, 0, a), lines, 16, b);
  if (lines.twelve) {
    const c = weightsOf(model, weights, 32);
    s = addFourFirst(s, lines, 32, c);
    t = addFourLast(t, lines, 32, c);
  }
  return codeSymbol(symbol, setShares(model.shares, s, t));
}

/** What a line expected, by the probabilities of the symbols. */
@inline
function expected(lines: Lines, offset: usize, p: v128, q: v128): v128 {
  const line = lineOf(lines, offset);
  const first = i32x4.dot_i16x8_s(p, v128.and(v128.load(line), values));
  return i32x4.add(first, i32x4.dot_i16x8_s(q, v128.load(line, 16)));
}

/** What a line said of a symbol; `place` is the number of the symbol times two. */
@inline
function said(lines: Lines, offset: usize, place: usize): i32 {
  return <i32>load<i16>(lineOf(lines, offset) + place) & -16;
}

/** The weights of four lines learn. */
@inline
function weigh(model: ByteModel, weights: usize, offset: usize, place: usize, p: v128, q: v128): void {
  const lines = model.lines;
  const sums = sumsOfFour(
    expected(lines, offset, p, q), expected(lines, offset + 4, p, q),
    expected(lines, offset + 8, p, q), expected(lines, offset + 12, p, q),
  );
  let old = i32x4.splat(said(lines, offset, place));
  old = i32x4.replace_lane(old, 1, said(lines, offset + 4, place));
  old = i32x4.replace_lane(old, 2, said(lines, offset + 8, place));
  old = i32x4.replace_lane(old, 3, said(lines, offset + 12, place));
  const better = i32x4.shr_s(i32x4.sub(i32x4.shl(old, 15), sums), 12);
  const counted = i32x4.shr_s(i32x4.mul(better, v128.load(model.trusts + offset)), 10);
  const step = i32x4.add(i32x4.mul(counted, i32x4.splat(model.rate >> 12)), i32x4.splat(32768));
  const weight = i32x4.add(v128.load(weights + offset), i32x4.shr_s(step, 16));
  v128.store(weights + offset, i32x4.max_s(i32x4.splat(-mostWeight), i32x4.min_s(i32x4.splat(mostWeight), weight)));
}

/** The line of a context learns; `kept` are the bits at the symbol that are not the value's. */
@inline
function learnLine(lines: Lines, offset: usize, place: usize, kept: i32): void {
  const line = lineOf(lines, offset);
  const first = v128.load(line);
  const uses = <usize>(i16x8.extract_lane_u(first, 3) & 15);
  const old = <i32>load<i16>(line + place);
  const loss = v128.load_splat<i16>(lossTable + (uses << 1));
  const least = i16x8.splat(lowest);
  const lost = i16x8.max_s(i16x8.add_sat_s(v128.and(first, values), loss), least);
  const use = v128.load(oneMore + select<usize>(0, 16, uses < mostUses));
  v128.store(line, i16x8.add(v128.or(lost, v128.andnot(first, values)), use));
  v128.store(line, i16x8.max_s(i16x8.add_sat_s(v128.load(line, 16), loss), least), 16);
  const gained = <i32>load<i16>(gainTable + (uses << 10) + (<usize>((old + 24576) >> 6) << 1));
  store<i16>(line + place, <i16>(gained | (load<i16>(line + place) & kept)));
}

/** What the model makes of the symbol that came. */
@inline
function learn(model: ByteModel, weights: usize, symbol: i32): void {
  const place = <usize>symbol << 1;
  if (load<u16>(model.shares + place) < certain) {
    const p = i16x8.shr_u(v128.load(model.shares), 1);
    const q = i16x8.shr_u(v128.load(model.shares, 16), 1);
    weigh(model, weights, 0, place, p, q);
    weigh(model, weights, 16, place, p, q);
    if (model.lines.twelve) weigh(model, weights, 32, place, p, q);
  }
  model.rate -= (model.rate - lastRate) >> 11;
  const lines = model.lines;
  const kept = symbol < 4 ? 15 : 0;
  learnFour(lines, 0, place, kept);
  learnFour(lines, 16, place, kept);
  if (lines.twelve) learnFour(lines, 32, place, kept);
}

@inline
function learnFour(lines: Lines, offset: usize, place: usize, kept: i32): void {
  learnLine(lines, offset, place, kept);
  learnLine(lines, offset + 4, place, kept);
  learnLine(lines, offset + 8, place, kept);
  learnLine(lines, offset + 12, place, kept);
}

/** Codes a byte in the contexts that were set, with the weights of `set`. While memory is waited for, there is something to learn. */
export function codeByte(model: ByteModel, set: i32, byte: i32): i32 {
  const lines = model.lines;
  const weights = model.weights + <usize>set * 2 * weightSize;
  findUpper(lines);
  if (model.pending) learn(model, model.pending, model.symbol);
  takeLines(lines);
  const upper = codeHalf(model, weights, byte >> 4);
  findLower(lines, upper);
  learn(model, weights, upper);
  takeLines(lines);
  const lower = codeHalf(model, weights + weightSize, byte & 15);
  model.pending = weights + weightSize;
  model.symbol = lower;
  return (upper << 4) | lower;
}
