/**
 * A model of single bits that mixes the predictions of four or eight contexts (FORMAT §6.4.4). Each context leads to a counter. Their predictions are
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
/** Bytes of one set of weights: eight, and that of what is always there. */
const stride: usize = 48;
const bias: f32 = 0.3;
/** How fast weights learn. */
const learning: f32 = 2e-7;
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
  /** Whether it has eight contexts. */
  eight: bool;
  /** Hashes of the contexts. */
  hash: usize;
  /** Where the counters of the bit that is being coded are, and what their checks have to be. */
  found: usize;
  check: usize;
  /** Keeps the first look at counters from being left out as useless. */
  asked: u32;
  /** For each set u16[32]. */
  refinements: usize;
}

/** Makes a model of 4 or 8 contexts at `heap` and gives where free memory goes on. `sets` are sets of weights, `bits` log2 of the counters. */
export function createFlagModel(heap: usize, contexts: i32, sets: i32, bits: i32): usize {
  const model = changetype<FlagModel>(heap);
  let at = (heap + offsetof<FlagModel>() + 63) & ~63;
  model.shift = 32 - bits;
  model.eight = contexts == 8;
  model.counters = at;
  at += <usize>4 << bits;
  model.hash = at;
  at += listSize;
  model.found = at;
  at += listSize;
  model.check = at;
  at += listSize;
  memory.fill(model.counters, 0, at - model.counters);
  model.weights = at;
  at += <usize>sets * stride;
  const even = <f32>1.2 / <f32>contexts;
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

/** Finds the counters of four contexts, and asks for all before the first answer is needed: they are far apart in memory. */
@inline
function find(model: FlagModel, offset: usize, steps: v128): u32 {
  const found = model.found + offset;
  const h = placesOf(v128.load(model.hash + offset), steps);
  v128.store(model.check + offset, v128.or(v128.and(h, i32x4.splat(0xffff)), i32x4.splat(1)));
  v128.store(found, i32x4.add(i32x4.shl(i32x4.shr_u(h, model.shift), 2), i32x4.splat(<i32>model.counters)));
  return load<u32>(load<usize>(found)) ^ load<u32>(load<usize>(found, 4)) ^ load<u32>(load<usize>(found, 8)) ^ load<u32>(load<usize>(found, 12));
}

/** A counter. One that belonged to another context starts anew: even odds, never used. */
@inline
function take(model: FlagModel, offset: usize): u32 {
  const at = load<usize>(model.found + offset);
  const check = load<u32>(model.check + offset);
  const counter = load<u32>(at);
  if ((counter & 0xffff) == check) return counter >>> 16;
  store<u32>(at, check);
  return 0x8000;
}

@inline
function take4(model: FlagModel, offset: usize): v128 {
  let s = i32x4.splat(take(model, offset));
  s = i32x4.replace_lane(s, 1, take(model, offset + 4));
  s = i32x4.replace_lane(s, 2, take(model, offset + 8));
  return i32x4.replace_lane(s, 3, take(model, offset + 12));
}

@inline
function store4(found: usize, s: v128): void {
  store<u16>(load<usize>(found), i32x4.extract_lane(s, 0), 2);
  store<u16>(load<usize>(found, 4), i32x4.extract_lane(s, 1), 2);
  store<u16>(load<usize>(found, 8), i32x4.extract_lane(s, 2), 2);
  store<u16>(load<usize>(found, 12), i32x4.extract_lane(s, 3), 2);
}

/** The logistic values of four counters. */
@inline
function stretch4(s: v128): v128 {
  const index = v128.or(i32x4.shl(v128.and(s, i32x4.splat(15)), 8), i32x4.shr_u(s, 8));
  const at = i32x4.add(i32x4.shl(index, 2), i32x4.splat(<i32>stretchTable));
  let x = v128.load32_zero(i32x4.extract_lane(at, 0));
  x = v128.load_lane<u32>(i32x4.extract_lane(at, 1), x, 1);
  x = v128.load_lane<u32>(i32x4.extract_lane(at, 2), x, 2);
  return v128.load_lane<u32>(i32x4.extract_lane(at, 3), x, 3);
}

/** Four counters after a bit: each moves towards it, the less the more often it was used. */
@inline
function learn4(s: v128, target: v128): v128 {
  const uses = v128.and(s, i32x4.splat(15));
  const q = i32x4.shr_u(s, 4);
  const rate = i8x16.swizzle(v128.load(rateTable), v128.or(uses, i32x4.splat(<i32>0x80808000)));
  const step = i32x4.add(i32x4.mul(i32x4.sub(target, q), rate), i32x4.splat(128));
  const moved = i32x4.add(q, i32x4.shr_s(step, 8));
  return v128.or(i32x4.shl(moved, 4), i32x4.min_u(i32x4.add(uses, i32x4.splat(1)), i32x4.splat(15)));
}

@inline
function moveWeights(weights: usize, error: v128, x: v128): void {
  v128.store(weights, f32x4.add(v128.load(weights), f32x4.mul(error, x)));
}

/** Codes a bit in the contexts that were set, with the weights of `set`. */
export function codeFlag(model: FlagModel, set: i32, bit: i32): i32 {
  const eight = model.eight;
  const found = model.found;
  let asked = find(model, 0, firstSteps);
  if (eight) asked ^= find(model, 16, i32x4.add(firstSteps, nextSteps));
  model.asked = asked;
  const weights = model.weights + <usize>set * stride;
  const counters = take4(model, 0);
  const x = stretch4(counters);
  let others = counters;
  let y = x;
  let sum = f32x4.mul(x, v128.load(weights));
  if (eight) {
    others = take4(model, 16);
    y = stretch4(others);
    sum = f32x4.add(sum, f32x4.mul(y, v128.load(weights, 16)));
  }
  const left = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
  const right = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
  const always = load<f32>(weights, 32);
  const dot = left + right + always * bias;
  const place = min(4079, max(16, <i32>(dot * 170.0 + 2048.0)));
  const mixed = <i32>load<u16>(squashTable + (<usize>place << 1));
  const refined = model.refinements + (<usize>((set << 5) + (place >> 7)) << 1);
  const known = <i32>load<u16>(refined);
  bit = codeBit(bit, max(16, min(65520, (mixed + known + 1) >> 1)));

  store<u16>(refined, <u16>(known + (((bit ? 65535 : 0) - known) >> 6)));
  const error = <f32>((bit << 16) - mixed) * learning;
  const errors = f32x4.splat(error);
  const target = i32x4.splat(bit ? 4095 : 0);
  moveWeights(weights, errors, x);
  store4(found, learn4(counters, target));
  if (eight) {
    moveWeights(weights + 16, errors, y);
    store4(found + 16, learn4(others, target));
  }
  store<f32>(weights, always + error * bias, 32);
  return bit;
}
