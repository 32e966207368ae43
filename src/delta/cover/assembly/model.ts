/**
 * A model of bytes that mixes the predictions of several contexts (FORMAT §6.4.4). Each context leads to a line of 15 bit
 * counters, one for each node of the tree of four bits; a byte takes two lines. Their predictions are weighed in the
 * logistic domain by weights that learn (Mahoney, "Adaptive weighing of context models for lossless data
 * compression", 2005), and refined by what came of such predictions before.
 *
 * A counter is a probability of 12 bits above the number of times, up to 15, that it was used.
 */
import { codeBit } from './coder';

/** Logistic value of a counter by number of uses and probability: f32[16][256]. */
let stretchTable: usize = 0;
/** Probability in 1/65,536 by logistic value in steps of 1/170 from -12: u16[4096]. */
let squashTable: usize = 0;
/** How far a counter moves by number of uses, in 1/256: u8[16]. */
let rateTable: usize = 0;

/** log2 of the size of a line: a check and 15 counters, or, where only single bits are coded, one. */
export const lineOfBytes: u32 = 5;
export const lineOfFlags: u32 = 2;
const refineSteps: i32 = 32;
const refineContexts: i32 = 272;

/** Where the tables are that the caller has to fill; see tables.ts. */
export function useTables(stretch: usize, squash: usize, rates: usize): void {
  stretchTable = stretch;
  squashTable = squash;
  rateTable = rates;
}

@unmanaged
export class Model {
  /** Contexts in eights. */
  groups: i32;
  /** Bytes of one set of weights. */
  stride: usize;
  /** The table of lines, shared by all contexts, and by how much a hash is shifted to find one. */
  lines: usize;
  lineBits: u32;
  shift: u32;
  weights: usize;
  learning: f32;
  /** Where the lines of the byte that is being coded are: usize for each context. */
  line: usize;
  /** What each line's check has to be: u32 for each. */
  check: usize;
  /** Keeps the first look at lines from being left out as useless. */
  asked: u32;
  /** Hashes of the contexts: u32 for each. */
  hash: usize;
  /** What goes into the mix: a constant, then f32 for each context. */
  input: usize;
  refinements: usize;
}

/**
 * Makes a model at `heap` and gives where free memory goes on. `sets` are sets of weights, `bits` log2 of the lines, `lineBits` of the
 * size of one.
 */
export function createModel(heap: usize, groups: i32, sets: i32, bits: i32, lineBits: u32, learning: f32): usize {
  const model = changetype<Model>(heap);
  let at = (heap + offsetof<Model>() + 63) & ~63;
  model.groups = groups;
  model.stride = (<usize>groups << 5) + 16;
  model.shift = 32 - bits;
  model.lineBits = lineBits;
  model.learning = learning;
  model.lines = at;
  at += <usize>1 << (lineBits + bits);
  model.weights = at;
  at += <usize>sets * model.stride;
  model.line = at;
  at += <usize>groups << 5;
  model.check = at;
  at += <usize>groups << 5;
  model.hash = at;
  at += <usize>groups << 5;
  model.input = at;
  at += model.stride;
  model.refinements = at;
  at += (refineContexts * refineSteps) << 1;
  memory.fill(model.lines, 0, <usize>1 << (lineBits + bits));
  memory.fill(model.hash, 0, <usize>groups << 5);
  memory.fill(model.input, 0, model.stride);
  store<f32>(model.input, 0.3);
  const even: f32 = 1.2 / <f32>(groups << 3);
  for (let i: usize = 0; i < <usize>sets * model.stride; i += 4) store<f32>(model.weights + i, even);
  for (let step = 0; step < refineSteps; step++) {
    const p = <i32>load<u16>(squashTable + (<usize>(step * 128 + 64) << 1));
    for (let i = 0; i < refineContexts; i++) store<u16>(model.refinements + ((i * refineSteps + step) << 1), <u16>p);
  }
  return (at + 63) & ~63;
}

@inline
export function setContext(model: Model, index: i32, hash: u32): void {
  store<u32>(model.hash + (<usize>index << 2), hash);
}

/** A hash of two numbers; the order matters. */
@inline
export function mix(a: u32, b: u32): u32 {
  let x: u32 = ((a + 0x9e3779b9) * 0x85ebca77) ^ ((b + 0x165667b1) * 0xc2b2ae3d);
  x = (x ^ (x >>> 15)) * 0x2c1b3c6d;
  return x ^ (x >>> 13);
}

/** Finds the line of each context. A line that belonged to another one starts anew. */
function selectLines(model: Model, salt: u32): void {
  const count = <usize>model.groups << 5;
  const hashes = model.hash;
  const lines = model.lines;
  const found = model.line;
  const checks = model.check;
  const shift = model.shift;
  const lineBits = <usize>model.lineBits;
  salt *= 0x9e3779b1;
  // Lines are far apart in memory: all are asked for before the first answer is needed.
  let asked: u32 = 0;
  for (let i: usize = 0; i < count; i += 4) {
    let h = (load<u32>(hashes + i) + salt) * 0x85ebca77 + <u32>(i >> 2) * 0x27d4eb2f;
    h = (h ^ (h >>> 15)) * 0x2c1b3c6d;
    h ^= h >>> 13;
    const line = lines + (<usize>(h >>> shift) << lineBits);
    store<usize>(found + i, line);
    store<u32>(checks + i, (h & 0xffff) | 1);
    asked ^= load<u16>(line);
  }
  model.asked = asked;
  const isOfFlags = model.lineBits == lineOfFlags;
  const fresh = i16x8.splat(<i16>0x8000); // even odds, never used
  for (let i: usize = 0; i < count; i += 4) {
    const line = load<usize>(found + i);
    const check = load<u32>(checks + i);
    if (load<u16>(line) == check) continue;
    if (isOfFlags) {
      store<u32>(line, check | 0x80000000);
      continue;
    }
    v128.store(line, i16x8.replace_lane(fresh, 0, <i16>check));
    v128.store(line, fresh, 16);
  }
}

/** Eight counters, at a node of the lines of a group. */
@inline
function load8(line: usize, node: usize): v128 {
  let s = v128.load_splat<u16>(load<usize>(line) + node);
  s = v128.load_lane<u16>(load<usize>(line, 4) + node, s, 1);
  s = v128.load_lane<u16>(load<usize>(line, 8) + node, s, 2);
  s = v128.load_lane<u16>(load<usize>(line, 12) + node, s, 3);
  s = v128.load_lane<u16>(load<usize>(line, 16) + node, s, 4);
  s = v128.load_lane<u16>(load<usize>(line, 20) + node, s, 5);
  s = v128.load_lane<u16>(load<usize>(line, 24) + node, s, 6);
  return v128.load_lane<u16>(load<usize>(line, 28) + node, s, 7);
}

@inline
function store8(line: usize, node: usize, s: v128): void {
  store<u16>(load<usize>(line) + node, i16x8.extract_lane_u(s, 0));
  store<u16>(load<usize>(line, 4) + node, i16x8.extract_lane_u(s, 1));
  store<u16>(load<usize>(line, 8) + node, i16x8.extract_lane_u(s, 2));
  store<u16>(load<usize>(line, 12) + node, i16x8.extract_lane_u(s, 3));
  store<u16>(load<usize>(line, 16) + node, i16x8.extract_lane_u(s, 4));
  store<u16>(load<usize>(line, 20) + node, i16x8.extract_lane_u(s, 5));
  store<u16>(load<usize>(line, 24) + node, i16x8.extract_lane_u(s, 6));
  store<u16>(load<usize>(line, 28) + node, i16x8.extract_lane_u(s, 7));
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
function learn8(s: v128, target: v128, rates: v128): v128 {
  const uses = v128.and(s, i16x8.splat(15));
  const q = i16x8.shr_u(s, 4);
  const rate = i16x8.shl(i8x16.swizzle(rates, v128.or(uses, i16x8.splat(<i16>0x8000))), 7);
  const moved = i16x8.add(q, i16x8.q15mulr_sat_s(i16x8.sub(target, q), rate));
  return v128.or(i16x8.shl(moved, 4), i16x8.min_u(i16x8.add(uses, i16x8.splat(1)), i16x8.splat(15)));
}

/** Codes one bit at a node of the selected lines. */
function step(model: Model, node: i32, weights: usize, context: i32, bit: i32): i32 {
  const two = model.groups == 2;
  const input = model.input;
  const line = model.line;
  const offset = <usize>node << 1;
  const first = load8(line, offset);
  const second = two ? load8(line + 32, offset) : first;
  stretch8(first, input + 16);
  if (two) stretch8(second, input + 48);
  const x0 = v128.load(input);
  const x1 = v128.load(input, 16);
  const x2 = v128.load(input, 32);
  const w0 = v128.load(weights);
  const w1 = v128.load(weights, 16);
  const w2 = v128.load(weights, 32);
  let sum = f32x4.add(f32x4.mul(x0, w0), f32x4.add(f32x4.mul(x1, w1), f32x4.mul(x2, w2)));
  if (two) {
    const one = f32x4.mul(v128.load(input, 48), v128.load(weights, 48));
    sum = f32x4.add(sum, f32x4.add(one, f32x4.mul(v128.load(input, 64), v128.load(weights, 64))));
  }
  const left = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
  const right = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
  const dot = left + right;
  const place = min(4079, max(16, <i32>(dot * 170.0 + 2048.0)));
  const mixed = <i32>load<u16>(squashTable + (<usize>place << 1));
  const refined = model.refinements + (<usize>((context << 5) + (place >> 7)) << 1);
  const known = <i32>load<u16>(refined);
  const p = max(16, min(65520, (mixed + known + 1) >> 1));
  bit = codeBit(bit, p);

  store<u16>(refined, <u16>(known + (((bit ? 65535 : 0) - known) >> 6)));
  const error = f32x4.splat(<f32>((bit << 16) - mixed) * model.learning);
  v128.store(weights, f32x4.add(w0, f32x4.mul(error, x0)));
  v128.store(weights, f32x4.add(w1, f32x4.mul(error, x1)), 16);
  v128.store(weights, f32x4.add(w2, f32x4.mul(error, x2)), 32);
  const target = i16x8.splat(bit ? 4095 : 0);
  const rates = v128.load(rateTable);
  store8(line, offset, learn8(first, target, rates));
  if (two) {
    v128.store(weights, f32x4.add(v128.load(weights, 48), f32x4.mul(error, v128.load(input, 48))), 48);
    v128.store(weights, f32x4.add(v128.load(weights, 64), f32x4.mul(error, v128.load(input, 64))), 64);
    store8(line + 32, offset, learn8(second, target, rates));
  }
  return bit;
}

/** Codes a byte in the contexts that were set, with the weights of `set`. */
export function codeByte(model: Model, set: i32, byte: i32): i32 {
  const weights = model.weights + <usize>set * model.stride;
  selectLines(model, 0);
  let node = 1;
  for (let b = 7; b >= 4; b--) node = (node << 1) | step(model, node, weights, node, (byte >> b) & 1);
  const upper = node & 15;
  selectLines(model, upper + 1);
  node = 1;
  for (let b = 3; b >= 0; b--) {
    node = (node << 1) | step(model, node, weights, 16 + (upper << 4) + node, (byte >> b) & 1);
  }
  return (upper << 4) | (node & 15);
}

/** Codes a single bit in the contexts that were set, with the weights of `set` (below 256). */
export function codeFlag(model: Model, set: i32, bit: i32): i32 {
  selectLines(model, 0);
  return step(model, 1, model.weights + <usize>set * model.stride, set, bit);
}
