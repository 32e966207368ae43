/**
 * Addresses in the old bytes, as they should be in the new ones (FORMAT §6.4.6). When code and tables move, so do the places
 * that operands and pointers lead to, all of a neighbourhood by the same distance: what moved one address foretells the next.
 * Nothing needs to know the format of a program; a wrong guess costs no more than a few bits.
 */

/** Addresses are looked for in so many bytes at a time, and learned from when all of them are known. */
export const region: i32 = 512;

/** The kinds of addresses: in operands relative to the code, in calls and jumps or else; and absolute ones, in words. */
const branch: u32 = 0;
const relative: u32 = 1;
const word: u32 = 2;
/** How well an address is known: not at all; others near to it have moved; it has moved before. */
const unknown: u32 = 0;
const near: u32 = 1;
const same: u32 = 2;

/** A byte's mark: kind and knowledge of its address, and its place in it, from 0 to 35; or this one. */
export const unmarked: u32 = 36;

/** log2 of the entries of a table, each a key (u32) and by how much it has moved (i32). */
const tableBits: u32 = 15;
const tableSize: usize = 8 << tableBits;
/** log2 of the size of a neighbourhood. */
const nearBits: u32 = 10;
/** Numbers below are not taken for addresses; keys of neighbourhoods are never 0, as empty entries are. */
const least: u32 = 4096;

/** The old bytes: two before the region, the region, and zeros, which contexts look at. */
export let old: usize = 0;
/** u8 for each byte of the region. */
export let marks: usize = 0;
/** The addresses of the region: where it stands | kind << 16 | knowledge << 24, and the address, each a u32. */
let found: usize = 0;
let count: i32 = 0;
/** Two tables for operands, two for words: of addresses and of neighbourhoods. */
let tables: usize = 0;
let limit: i64 = 0;

/** Makes room at `heap`, and gives where free memory goes on. */
export function startAddresses(heap: usize, reference: f64): usize {
  tables = heap;
  memory.fill(tables, 0, 4 * tableSize);
  old = tables + 4 * tableSize;
  marks = old + 2 + region + 30;
  found = marks + region + 32;
  limit = 2 * <i64>reference;
  return (found + 8 * region + 63) & ~63;
}

/** Before the first region of a cover. */
export function startCover(): void {
  store<u16>(old, 0);
}

/** What kind of operand begins behind these two bytes of x86 code: of a call or jump, relative to the code, or none (-1). */
@inline
export function operandBehind(b: u32, a: u32): i32 {
  if ((a & 0xfe) == 0xe8 || ((a & 0xf0) == 0x80 && b == 0x0f)) return branch;
  return (a & 0xc7) == 0x05 ? relative : -1;
}

@inline
function entry(table: usize, key: u32): usize {
  return table + (<usize>((key * 0x9e3779b1) >>> (32 - tableBits)) << 3);
}

/**
 * Moves the addresses in the old bytes at `at`, which come from `source` of the reference and stand at `place` of the block. `learn`
 * has to follow when the new bytes are there.
 */
export function foretell(at: usize, length: i32, source: i64, place: i32): void {
  memory.copy(old + 2, at, length);
  memory.fill(old + 2 + length, 0, 16);
  memory.fill(marks, <u8>unmarked, length);
  count = 0;
  for (let j = 0; j + 4 <= length; ) {
    const kind = operandBehind(load<u8>(old + j), load<u8>(old + j + 1));
    if (kind >= 0) {
      const to = source + j + 4 + <i64>load<i32>(old + 2 + j);
      if (to >= <i64>least && to < limit) {
        move(at, j, kind, <u32>to, <i32>(<i64>place - source));
        j += 4;
        continue;
      }
    }
    if (((<i32>source + j) & 3) == 0) {
      const to = load<u32>(old + 2 + j);
      if (to >= least && to < 0xffff0000) move(at, j, word, to, 0);
    }
    j++;
  }
}

/** `still` is by how much the address has moved if its bytes are the same. */
@inline
function move(at: usize, j: i32, kind: u32, address: u32, still: i32): void {
  const table = kind == word ? tables + 2 * tableSize : tables;
  let knowledge = unknown;
  let moved = still;
  const exact = entry(table, address);
  if (load<u32>(exact) == address) {
    knowledge = same;
    moved = load<i32>(exact, 4);
  } else {
    const around = entry(table + tableSize, address >>> nearBits);
    if (load<u32>(around) == address >>> nearBits) {
      knowledge = near;
      moved = load<i32>(around, 4);
    }
  }
  store<i32>(at + j, load<i32>(old + 2 + j) + moved - still);
  store<u32>(marks + j, ((kind * 3 + knowledge) << 2) * 0x01010101 + 0x03020100);
  const one = found + (<usize>count << 3);
  store<u32>(one, <u32>j | kind << 16 | knowledge << 24);
  store<u32>(one, address, 4);
  count++;
}

/** Remembers by how much the addresses of the region have moved. */
export function learn(at: usize, source: i64, place: i32): void {
  for (let i = 0; i < count; i++) {
    const one = load<u32>(found + (<usize>i << 3));
    const address = load<u32>(found + (<usize>i << 3), 4);
    const j = one & 0xffff;
    const isWord = (one >>> 16 & 0xff) == word;
    let moved = load<i32>(at + j) - load<i32>(old + 2 + j);
    // A word that stays may be any number: it is no sign of an address.
    if (isWord && moved == 0 && one >>> 24 == unknown) continue;
    if (!isWord) moved += <i32>(<i64>place - source);
    const table = isWord ? tables + 2 * tableSize : tables;
    const exact = entry(table, address);
    store<u32>(exact, address);
    store<i32>(exact, moved, 4);
    const around = entry(table + tableSize, address >>> nearBits);
    store<u32>(around, address >>> nearBits);
    store<i32>(around, moved, 4);
  }
}

/** Before the region that follows one of `length` bytes in the same cover. */
export function goOn(length: i32): void {
  store<u16>(old, load<u16>(old + length));
}
