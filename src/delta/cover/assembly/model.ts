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

const lineSize: usize = 32;
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
  shift: u32;
  weights: usize;
  learning: f32;
  /** Where the lines of the byte that is being coded are: usize for each context. */
  line: usize;
  /** Hashes of the contexts: u32 for each. */
  hash: usize;
  /** What goes into the mix: a constant, then f32 for each context. */
  input: usize;
  refinements: usize;
}

/** Makes a model at `heap` and gives where free memory goes on. `sets` are sets of weights, `bits` log2 of the lines. */
export function createModel(heap: usize, groups: i32, sets: i32, bits: i32, learning: f32): usize {
  const model = changetype<Model>(heap);
  let at = (heap + offsetof<Model>() + 63) & ~63;
  model.groups = groups;
  model.stride = (<usize>groups << 5) + 16;
  model.shift = 32 - bits;
  model.learning = learning;
  model.lines = at;
  at += lineSize << bits;
  model.weights = at;
  at += <usize>sets * model.stride;
  model.line = at;
  at += <usize>groups << 5;
  model.hash = at;
  at += <usize>groups << 5;
  model.input = at;
  at += model.stride;
  model.refinements = at;
  at += (refineContexts * refineSteps) << 1;
  memory.fill(model.lines, 0, lineSize << bits);
  memory.fill(model.hash, 0, <usize>groups << 5);
  memory.fill(model.input, 0, model.stride);
  store<f32>(model.input, 0.3);
  const even: f32 = 1.2 / <f32>(groups << 3);
  for (let i: usize = 0; i < <usize>sets * model.stride; i += 4) store<f32>(model.weights + i, even);
  for (let step = 0; step < refineSteps; step++) {
    const p = squash((<f32>step) / 1.25 - 12.0);
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

@inline
function squash(logistic: f32): i32 {
  const index = <i32>(logistic * 170.0 + 2048.0);
  return <i32>load<u16>(squashTable + (<usize>max(0, min(4095, index)) << 1));
}

/** Finds the line of each context. A line that belonged to another one starts anew. */
function selectLines(model: Model, salt: u32): void {
  const count = model.groups << 3;
  const hashes = model.hash;
  const lines = model.lines;
  const found = model.line;
  const shift = model.shift;
  const fresh = i16x8.splat(<i16>0x8000); // even odds, never used
  salt *= 0x9e3779b1;
  for (let i = 0; i < count; i++) {
    let h = (load<u32>(hashes + (<usize>i << 2)) + salt) * 0x85ebca77 + <u32>i * 0x27d4eb2f;
    h = (h ^ (h >>> 15)) * 0x2c1b3c6d;
    h ^= h >>> 13;
    const line = lines + (<usize>(h >>> shift)) * lineSize;
    const check = (h & 0xffff) | 1;
    store<usize>(found + (<usize>i << 2), line);
    if (load<u16>(line) != check) {
      v128.store(line, i16x8.replace_lane(fresh, 0, <i16>check));
      v128.store(line, fresh, 16);
    }
  }
}

/** Address of the counter of context `i` of a group. */
@inline
function counter(line: usize, i: usize, node: usize): usize {
  return load<usize>(line + (i << 2)) + node;
}

@inline
function logistic(index: v128, lane: i32): usize {
  return stretchTable + (<usize>(lane == 0 ? i16x8.extract_lane_u(index, 0) : lane == 1 ? i16x8.extract_lane_u(index, 1)
    : lane == 2 ? i16x8.extract_lane_u(index, 2) : lane == 3 ? i16x8.extract_lane_u(index, 3)
    : lane == 4 ? i16x8.extract_lane_u(index, 4) : lane == 5 ? i16x8.extract_lane_u(index, 5)
    : lane == 6 ? i16x8.extract_lane_u(index, 6) : i16x8.extract_lane_u(index, 7)) << 2);
}

/** Codes one bit at a node of the selected lines. */
function step(model: Model, node: i32, weights: usize, context: i32, bit: i32): i32 {
  const groups = model.groups;
  const input = model.input;
  const offset = <usize>node << 1;
  let line = model.line;
  let first = i16x8.splat(0);
  let second = first;
  let sum = f32x4.mul(v128.load(input), v128.load(weights));
  for (let group = 0; group < groups; group++, line += 32) {
    let s = i16x8.splat(0);
    s = v128.load_lane<u16>(counter(line, 0, offset), s, 0);
    s = v128.load_lane<u16>(counter(line, 1, offset), s, 1);
    s = v128.load_lane<u16>(counter(line, 2, offset), s, 2);
    s = v128.load_lane<u16>(counter(line, 3, offset), s, 3);
    s = v128.load_lane<u16>(counter(line, 4, offset), s, 4);
    s = v128.load_lane<u16>(counter(line, 5, offset), s, 5);
    s = v128.load_lane<u16>(counter(line, 6, offset), s, 6);
    s = v128.load_lane<u16>(counter(line, 7, offset), s, 7);
    const index = v128.or(i16x8.shl(v128.and(s, i16x8.splat(15)), 8), i16x8.shr_u(s, 8));
    let a = f32x4.splat(0);
    let b = a;
    a = v128.load_lane<u32>(logistic(index, 0), a, 0);
    a = v128.load_lane<u32>(logistic(index, 1), a, 1);
    a = v128.load_lane<u32>(logistic(index, 2), a, 2);
    a = v128.load_lane<u32>(logistic(index, 3), a, 3);
    b = v128.load_lane<u32>(logistic(index, 4), b, 0);
    b = v128.load_lane<u32>(logistic(index, 5), b, 1);
    b = v128.load_lane<u32>(logistic(index, 6), b, 2);
    b = v128.load_lane<u32>(logistic(index, 7), b, 3);
    const place: usize = 16 + (<usize>group << 5);
    v128.store(input + place, a);
    v128.store(input + place + 16, b);
    const one = f32x4.mul(a, v128.load(weights + place));
    const other = f32x4.mul(b, v128.load(weights + place + 16));
    sum = f32x4.add(sum, f32x4.add(one, other));
    if (group == 0) first = s;
    else second = s;
  }
  const left = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
  const right = f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3);
  const dot = max<f32>(-11.99, min<f32>(11.99, left + right));
  const mixed = squash(dot);
  const refined = model.refinements + (<usize>(context * refineSteps + <i32>((dot + 12.0) * 1.25 + 0.5)) << 1);
  const known = <i32>load<u16>(refined);
  const p = max(16, min(65520, (mixed + known + 1) >> 1));
  bit = codeBit(bit, p);

  store<u16>(refined, <u16>(known + (((bit ? 65535 : 0) - known) >> 6)));
  const error = f32x4.splat(<f32>((bit << 16) - mixed) * model.learning);
  for (let at: usize = 0; at < model.stride; at += 16) {
    v128.store(weights + at, f32x4.add(v128.load(weights + at), f32x4.mul(error, v128.load(input + at))));
  }
  const target = i16x8.splat(bit ? 4095 : 0);
  const rates = v128.load(rateTable);
  line = model.line;
  for (let group = 0; group < groups; group++, line += 32) {
    const s = group == 0 ? first : second;
    const uses = v128.and(s, i16x8.splat(15));
    const q = i16x8.shr_u(s, 4);
    const rate = i16x8.shl(i8x16.swizzle(rates, v128.or(uses, i16x8.splat(<i16>0x8000))), 7);
    const moved = i16x8.add(q, i16x8.q15mulr_sat_s(i16x8.sub(target, q), rate));
    const next = v128.or(i16x8.shl(moved, 4), i16x8.min_u(i16x8.add(uses, i16x8.splat(1)), i16x8.splat(15)));
    v128.store_lane<u16>(counter(line, 0, offset), next, 0);
    v128.store_lane<u16>(counter(line, 1, offset), next, 1);
    v128.store_lane<u16>(counter(line, 2, offset), next, 2);
    v128.store_lane<u16>(counter(line, 3, offset), next, 3);
    v128.store_lane<u16>(counter(line, 4, offset), next, 4);
    v128.store_lane<u16>(counter(line, 5, offset), next, 5);
    v128.store_lane<u16>(counter(line, 6, offset), next, 6);
    v128.store_lane<u16>(counter(line, 7, offset), next, 7);
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
