/**
 * The lines of a model of bytes (FORMAT §6.4.4): 16 values for each context and half of a byte, 32 bytes, in pairs. A value has 16 bits. The
 * lowest four bits are not part of it: those of the first three are the check of the context, those of the fourth how often the line was used.
 */
import { firstSteps, nextSteps, placesOf } from './hash';

/** Where the check is in the first eight bytes of a line, and where the uses are. */
const checkBits: u64 = 0xf000f000f;
const headBits: u64 = 0xf000f000f000f;
/** Pairs of one half and of the other of the same byte are in the same 4,096 bytes: looking a page up costs time. */
const pageSize: i32 = 4096;

/** Behind this are lists of twelve u32: the contexts, what they come to, their pairs and their lines. */
@unmanaged
export class Lines {
  /** The first pair, and by how much a hash is shifted to find one. */
  pairs: usize;
  shift: u32;
  /** Whether there are twelve contexts, and not eight. */
  twelve: bool;
  /** Keeps the first look at pairs from being left out as useless. */
  asked: u32;
}

const contextList: usize = 16;
const placeList: usize = 64;
const pairList: usize = 112;
const lineList: usize = 160;
const listsEnd: usize = 208;

/** Makes 2^`bits` lines for 8 or 12 contexts at `heap` and gives where free memory goes on. */
export function createLines(heap: usize, contexts: i32, bits: i32): usize {
  const lines = changetype<Lines>(heap);
  lines.twelve = contexts == 12;
  lines.shift = 33 - bits;
  lines.pairs = (heap + listsEnd + (pageSize - 1)) & ~(pageSize - 1);
  const end = lines.pairs + (<usize>32 << bits);
  memory.fill(lines.pairs, 0, end - lines.pairs);
  return end;
}

@inline
export function setLineContext(lines: Lines, index: i32, hash: u32): void {
  store<u32>(changetype<usize>(lines) + (<usize>index << 2), hash, contextList);
}

/** The line of a context, by the number of the context times four. */
@inline
export function lineOf(lines: Lines, offset: usize): usize {
  return load<usize>(changetype<usize>(lines) + offset, lineList);
}

/** Asks for four pairs before the first answer is needed: they are far apart in memory. */
@inline
function ask(at: usize, pairs: v128): u32 {
  v128.store(at, pairs, pairList);
  const asked = load<u32>(load<usize>(at, pairList)) ^ load<u32>(load<usize>(at, pairList + 4));
  return asked ^ load<u32>(load<usize>(at, pairList + 8)) ^ load<u32>(load<usize>(at, pairList + 12));
}

@inline
function pairsAt(lines: Lines, h: v128): v128 {
  return i32x4.add(i32x4.shl(i32x4.shr_u(h, lines.shift), 6), i32x4.splat(<i32>lines.pairs));
}

@inline
function findFour(lines: Lines, offset: usize, steps: v128): u32 {
  const at = changetype<usize>(lines) + offset;
  const h = placesOf(v128.load(at, contextList), steps);
  v128.store(at, h, placeList);
  return ask(at, pairsAt(lines, h));
}

/** Finds the pairs for the upper half of a byte. */
@inline
export function findUpper(lines: Lines): void {
  const steps = i32x4.add(firstSteps, nextSteps);
  let asked = findFour(lines, 0, firstSteps) ^ findFour(lines, 16, steps);
  if (lines.twelve) asked ^= findFour(lines, 32, i32x4.add(steps, nextSteps));
  lines.asked = asked;
}

/** Another pair of the same page for each, by a hash of the upper half. */
@inline
function turnFour(lines: Lines, offset: usize, salts: v128): u32 {
  const at = changetype<usize>(lines) + offset;
  const h = v128.load(at, placeList);
  const g = i32x4.mul(v128.xor(h, salts), i32x4.splat(0x2c1b3c6d));
  v128.store(at, i32x4.shr_u(g, 8), placeList);
  const page = v128.and(pairsAt(lines, h), i32x4.splat(-pageSize));
  return ask(at, v128.or(page, i32x4.shl(i32x4.shr_u(g, 26), 6)));
}

/** Finds the pairs for the lower half, where the upper one is known. */
@inline
export function findLower(lines: Lines, upper: i32): void {
  const salts = i32x4.splat((upper + 1) * 0x9e3779b1);
  let asked = turnFour(lines, 0, salts) ^ turnFour(lines, 16, salts);
  if (lines.twelve) asked ^= turnFour(lines, 32, salts);
  lines.asked = asked;
}

/** Takes the line of each context from its pair. Where it is none of them, the line that was used less becomes its own. */
@inline
export function takeLines(lines: Lines): void {
  const at = changetype<usize>(lines);
  takeFour(at);
  takeFour(at + 16);
  if (lines.twelve) takeFour(at + 32);
}

@inline
function takeFour(at: usize): void {
  takeLine(at);
  takeLine(at + 4);
  takeLine(at + 8);
  takeLine(at + 12);
}

@inline
function takeLine(at: usize): void {
  const first = load<usize>(at, pairList);
  const check = (<u64>(load<u32>(at, placeList) & 0xfff) * 0x1001001) & checkBits;
  const a = load<u64>(first) & headBits;
  const b = load<u64>(first, 32) & headBits;
  const isFirst = (a ^ check) << 16 == 0;
  const isSecond = (b ^ check) << 16 == 0;
  let line = first + select<usize>(0, 32, isFirst);
  if (!isFirst && !isSecond) {
    line = first + select<usize>(32, 0, b >> 48 < a >> 48);
    const other = line ^ 32;
    const head = load<u16>(other, 6);
    if (head & 15) store<u16>(other, head - 1, 6);
    store<u64>(line, check);
    store<u64>(line, 0, 8);
    v128.store(line, i16x8.splat(0), 16);
  }
  store<usize>(at, line, lineList);
}
