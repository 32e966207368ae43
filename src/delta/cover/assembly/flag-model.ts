/**
 * A model of single bits that mixes the predictions of eight contexts (FORMAT §6.4.4). Each context leads to a counter. Their predictions are
 * weighed in the logistic domain by weights that learn (Mahoney, "Adaptive weighing of context models for lossless data compression", 2005), and
 * refined by what came of such predictions before.
 *
 * A counter is a probability of 12 bits above the number of times, up to 15, that it was used; below it stands the check of its context.
 */
import { codeBit } from './coder';
import { firstSteps, nextSteps, placesOf } from './hash';

/** Logistic value of a counter by number of uses and probability: f32[16][256]. */
let stretchTable: usize = 0;
/** Probability in 1/65,536 by logistic value in steps of 1/170 from -12: u16[4096]. */
let squashTable: usize = 0;
/** How far a counter moves by number of uses, in 1/256: u8[16]. */
let rateTable: usize = 0;

/** Bytes of a list of eight u32. */
const listSize: usize = 32;
/** Bytes of one set of weights. */
const stride: usize = 48;
const refineSteps: i32 = 32;

/** Where the tables are that the caller has to fill; see tables.ts. */
export function useFlagTables(stretch: usize, squash: usize, rates: usize): void {
  stretchTable = stretch;
  squashTable = squash;
  rateTable = rates;
}

@unmanaged
export class FlagModel {
  /** Counters, and by how much a hash is shifted to find one. */
  counters: usize;
  shift: u32;
  weights: usize;
  learning: f32;
  /** Hashes of the contexts. */
  hash: usize;
  /** Where the counters of the bit that is being coded are, and what their checks have to be. */
  found: usize;
  check: usize;
  /** Keeps the first look at counters from being left out as useless. */
  asked: u32;
  /** What goes into the mix: a constant, then f32 for each context from 16 bytes on. */
  input: usize;
  /** For each set u16[32]. */
  refinements: usize;
}

/** Makes a model at `heap` and gives where free memory goes on. `sets` are sets of weights, `bits` log2 of the counters. */
export function createFlagModel(heap: usize, sets: i32, bits: i32, learning: f32): usize {
  const model = changetype<FlagModel>(heap);
  let at = (heap + offsetof<FlagModel>() + 63) & ~63;
  model.shift = 32 - bits;
  model.learning = learning;
  model.counters = at;
  at += <usize>4 << bits;
  model.hash = at;
  at += listSize;
  model.found = at;
  at += listSize;
  model.check = at;
  at += listSize;
  model.input = at;
  at += stride;
  memory.fill(model.counters, 0, at - model.counters);
  store<f32>(model.input, 0.3);
  model.weights = at;
  at += <usize>sets * stride;
  const even: f32 = 1.2 / 8.0;
  for (let weight = model.weights; weight < at; weight += 4) store<f32>(weight, even);
  model.refinements = at;
  at += (<usize>sets * refineSteps) << 1;
  for (let step = 0; step < refineSteps; step++) {
    const p = load<u16>(squashTable + (<usize>(step * 128 + 64) << 1));
    for (let i = 0; i < sets; i++) store<u16>(model.refinements + (<usize>(i * refineSteps + step) << 1), p);
  }
  return (at + 63) & ~63;
}

@inline
export function setContext(model: FlagModel, index: i32, hash: u32): void {
  store<u32>(model.hash + (<usize>index << 2), hash);
}

/** Finds the counter of each context. One that belonged to another context starts anew. */
function selectCounters(model: FlagModel): void {
  const found = model.found;
  const checks = model.check;
  let steps = firstSteps;
  for (let i: usize = 0; i < listSize; i += 16) {
    const h = placesOf(v128.load(model.hash + i), steps);
    v128.store(checks + i, v128.or(v128.and(h, i32x4.splat(0xffff)), i32x4.splat(1)));
    v128.store(found + i, i32x4.add(i32x4.shl(i32x4.shr_u(h, model.shift), 2), i32x4.splat(<i32>model.counters)));
    steps = i32x4.add(steps, nextSteps);
  }
  // Counters are far apart in memory: all are asked for before the first answer is needed.
  let asked: u32 = 0;
  for (let i: usize = 0; i < listSize; i += 4) asked ^= load<u32>(load<usize>(found + i));
  model.asked = asked;
  for (let i: usize = 0; i < listSize; i += 4) {
    const counter = load<usize>(found + i);
    const check = load<u32>(checks + i);
    // Even odds, never used.
    if (load<u16>(counter) != check) store<u32>(counter, check | 0x80000000);
  }
}

@inline
function load8(found: usize): v128 {
  let s = v128.load_splat<u16>(load<usize>(found) + 2);
  s = v128.load_lane<u16>(load<usize>(found, 4) + 2, s, 1);
  s = v128.load_lane<u16>(load<usize>(found, 8) + 2, s, 2);
  s = v128.load_lane<u16>(load<usize>(found, 12) + 2, s, 3);
  s = v128.load_lane<u16>(load<usize>(found, 16) + 2, s, 4);
  s = v128.load_lane<u16>(load<usize>(found, 20) + 2, s, 5);
  s = v128.load_lane<u16>(load<usize>(found, 24) + 2, s, 6);
  return v128.load_lane<u16>(load<usize>(found, 28) + 2, s, 7);
}

@inline
function store8(found: usize, s: v128): void {
  store<u16>(load<usize>(found), i16x8.extract_lane_u(s, 0), 2);
  store<u16>(load<usize>(found, 4), i16x8.extract_lane_u(s, 1), 2);
  store<u16>(load<usize>(found, 8), i16x8.extract_lane_u(s, 2), 2);
  store<u16>(load<usize>(found, 12), i16x8.extract_lane_u(s, 3), 2);
  store<u16>(load<usize>(found, 16), i16x8.extract_lane_u(s, 4), 2);
  store<u16>(load<usize>(found, 20), i16x8.extract_lane_u(s, 5), 2);
  store<u16>(load<usize>(found, 24), i16x8.extract_lane_u(s, 6), 2);
  store<u16>(load<usize>(found, 28), i16x8.extract_lane_u(s, 7), 2);
}

@inline
function logistic(index: u32): f32 {
  return load<f32>(stretchTable + (<usize>index << 2));
}

/** The logistic values of eight counters, to where they are mixed from. */
@inline
function stretch8(s: v128, to: usize): void {
  const index = v128.or(i16x8.shl(v128.and(s, i16x8.splat(15)), 8), i16x8.shr_u(s, 8));
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 0)));
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 1)), 4);
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 2)), 8);
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 3)), 12);
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 4)), 16);
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 5)), 20);
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 6)), 24);
  store<f32>(to, logistic(i16x8.extract_lane_u(index, 7)), 28);
}

/** Eight counters after a bit: each moves towards it, the less the more often it was used. */
@inline
function learn8(s: v128, target: v128): v128 {
  const uses = v128.and(s, i16x8.splat(15));
  const q = i16x8.shr_u(s, 4);
  const rates = v128.load(rateTable);
  const rate = i16x8.shl(i8x16.swizzle(rates, v128.or(uses, i16x8.splat(<i16>0x8000))), 7);
  const moved = i16x8.add(q, i16x8.q15mulr_sat_s(i16x8.sub(target, q), rate));
  return v128.or(i16x8.shl(moved, 4), i16x8.min_u(i16x8.add(uses, i16x8.splat(1)), i16x8.splat(15)));
}

/** Codes a bit in the contexts that were set, with the weights of `set`. */
export function codeFlag(model: FlagModel, set: i32, bit: i32): i32 {
  selectCounters(model);
  const weights = model.weights + <usize>set * stride;
  const input = model.input;
  const counters = load8(model.found);
  stretch8(counters, input + 16);
  const x0 = v128.load(input);
  const x1 = v128.load(input, 16);
  const x2 = v128.load(input, 32);
  const w0 = v128.load(weights);
  const w1 = v128.load(weights, 16);
  const w2 = v128.load(weights, 32);
  const sum = f32x4.add(f32x4.mul(x0, w0), f32x4.add(f32x4.mul(x1, w1), f32x4.mul(x2, w2)));
  const left = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
  const right = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
  const dot = left + right;
  const place = min(4079, max(16, <i32>(dot * 170.0 + 2048.0)));
  const mixed = <i32>load<u16>(squashTable + (<usize>place << 1));
  const refined = model.refinements + (<usize>((set << 5) + (place >> 7)) << 1);
  const known = <i32>load<u16>(refined);
  bit = codeBit(bit, max(16, min(65520, (mixed + known + 1) >> 1)));

  store<u16>(refined, <u16>(known + (((bit ? 65535 : 0) - known) >> 6)));
  const error = f32x4.splat(<f32>((bit << 16) - mixed) * model.learning);
  v128.store(weights, f32x4.add(w0, f32x4.mul(error, x0)));
  v128.store(weights, f32x4.add(w1, f32x4.mul(error, x1)), 16);
  v128.store(weights, f32x4.add(w2, f32x4.mul(error, x2)), 32);
  store8(model.found, learn8(counters, i16x8.splat(bit ? 4095 : 0)));
  return bit;
}
