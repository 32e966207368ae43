/**
 * Where the block differs from what its covers brought, with addresses moved to where they should lead now (FORMAT
 * §6.4.6). Regions of 512 bytes are said to differ from that or not; in those that do, chunks of 16 bytes are, in these, each byte
 * is; and of bytes that differ, by how much the new one does from the old one.
 */
import { foretell, goOn, learn, marks, old, region, startAddresses, startCover, unmarked } from './addresses';
import { ByteModel, codeByte, createByteModel, setByteContext } from './byte-model';
import { beginReading, beginWriting, codeBit, finish, isLost, writing } from './coder';
import { FlagModel, codeFlag, createFlagModel, setContext } from './flag-model';
import { mix } from './hash';
import { lengthOf, placeOf, recordSize, sourceOf } from './records';

const chunk: i32 = 16;

let chunkModel: FlagModel = changetype<FlagModel>(0);
let flagModel: FlagModel = changetype<FlagModel>(0);
let valueModel: ByteModel = changetype<ByteModel>(0);
/** The last difference by old byte and mark: u8[256][64]. */
let lastValues: usize = 0;

/** Probabilities of regions by the last four: u16[16]. */
let probabilities: usize = 0;

let regions: u32 = 0; // of the last regions which differed, the latest lowest
let value1: u32 = 0;
let value2: u32 = 0;
let chunks: u32 = 0; // of the last chunks which differed, the latest lowest
let flags: u32 = 0; // of the last bytes
let since: u32 = 0; // bytes since the last difference, at most 255
let carry: u32 = 0; // whether the last sum went over 255
let wanted: usize = 0; // the target's bytes while writing
let counted: i32 = 0;

/** Bytes that differ in what was coded last. */
export function differing(): i32 {
  return counted;
}

/**
 * `block` has the old bytes where covers are, and gets the new ones there; covers from within the block are passed over. With
 * `target`, the differences to it are written, else read. `bits` is log2 of the lines of the models. Gives the length of the
 * stream in writing, 1 in reading; 0 where it does not fit or is damaged.
 */
export function codeDifferences(
  block: usize, target: usize, records: usize, count: i32, reference: f64, coded: usize, end: usize, heap: usize, bits: i32,
): i32 {
  wanted = target;
  if (target) beginWriting(coded, end);
  else beginReading(coded, end);
  start(heap, bits, reference);
  for (let i = 0; i < count; i++) {
    const record = records + <usize>i * recordSize;
    if (sourceOf(record) < <i64>reference) codeCover(block + placeOf(record), target ? target + placeOf(record) : 0, record);
    if (isLost()) return 0;
  }
  const stop = finish();
  return stop == 0 ? 0 : target ? <i32>(stop - coded) : 1;
}

function start(heap: usize, bits: i32, reference: f64): void {
  chunkModel = changetype<FlagModel>(heap);
  heap = createFlagModel(heap, 4, 64, min(bits, 14));
  flagModel = changetype<FlagModel>(heap);
  heap = createFlagModel(heap, 8, 40, bits);
  valueModel = changetype<ByteModel>(heap);
  heap = createByteModel(heap, 8, 40, bits);
  lastValues = startAddresses(heap, reference);
  memory.fill(lastValues, 0, 256 * 64);
  probabilities = lastValues + 256 * 64;
  for (let i = 0; i < 16; i++) store<u16>(probabilities + (<usize>i << 1), 32768);
  regions = 0;
  value1 = value2 = chunks = flags = since = carry = 0;
  counted = 0;
}

/** Codes a bit with a probability of its own, which learns. */
@inline
function codeAlone(index: i32, bit: i32): i32 {
  const at = probabilities + (<usize>index << 1);
  const p = <i32>load<u16>(at);
  bit = codeBit(bit, max(32, min(65504, p)));
  store<u16>(at, <u16>(p + (((bit ? 65535 : 0) - p) >> 5)));
  return bit;
}

@inline
function differ(at: usize, target: usize, length: i32): i32 {
  let i = 0;
  for (; i + 16 <= length; i += 16) if (v128.any_true(v128.xor(v128.load(at + i), v128.load(target + i)))) return 1;
  for (; i < length; i++) if (load<u8>(at + i) != load<u8>(target + i)) return 1;
  return 0;
}

function codeCover(at: usize, target: usize, record: usize): void {
  const length = lengthOf(record);
  const source = sourceOf(record);
  const place = placeOf(record);
  startCover();
  for (let k = 0; k < length; k += region) {
    const size = min(region, length - k);
    foretell(at + k, size, source + k, place + k);
    codeRegion(at + k, size, target ? target + k : 0);
    learn(at + k, source + k, place + k);
    goOn(size);
    if (isLost()) return;
  }
}

function codeRegion(at: usize, length: i32, target: usize): void {
  const differs = codeAlone(<i32>(regions & 15), writing ? differ(at, target, length) : 0);
  regions = (regions << 1) | differs;
  if (!differs) {
    pass(length);
    return;
  }
  let found = false;
  for (let k = 0; k < length; k += chunk) {
    const size = min(chunk, length - k);
    if (codeChunk(at, k, size, target, !found && k + size == length)) found = true;
  }
}

/** Goes over bytes that do not differ. */
@inline
function pass(length: i32): void {
  since = min(since + length, 255);
  flags = 0;
}

/** The chunk at `k` of a region; `certain` where it must differ, since its region does and no other chunk did. Gives whether it differs. */
function codeChunk(at: usize, k: i32, length: i32, target: usize, certain: bool): bool {
  const differs = certain ? 1 : codeFlagOfChunk(k, length, writing ? differ(at + k, target + k, length) : 0);
  chunks = (chunks << 1) | differs;
  if (!differs) {
    pass(length);
    return false;
  }
  let found = false;
  for (let j = k; j < k + length; j++) {
    if (codeAt(at + j, j, target ? <u32>load<u8>(target + j) : 0, !found && j == k + length - 1)) found = true;
  }
  return true;
}

@inline
function codeFlagOfChunk(k: i32, length: i32, bit: i32): i32 {
  let doubts: u32 = 0;
  let first: u32 = unmarked;
  for (let j = k; j < k + length; j++) {
    const mark = <u32>load<u8>(marks + j);
    if ((mark & 3) != 0 || mark == unmarked) continue;
    if ((mark >>> 2) % 3 < 2) doubts++;
    if (first == unmarked) first = mark;
  }
  doubts = min(doubts, 3);
  const here = old + 2 + k;
  setContext(chunkModel, 0, mix(1, first << 4 | (chunks & 7)));
  setContext(chunkModel, 1, mix(2, load<u32>(here)));
  setContext(chunkModel, 2, mix(3, (min(since, 63) << 8 | first) << 2 | doubts));
  setContext(chunkModel, 3, mix(4, load<u32>(here, 4) ^ load<u32>(here, 8)));
  return codeFlag(chunkModel, doubts * 8 + (chunks & 7), bit);
}

/** The byte at `j` of its region; `certain` where it must differ, since its chunk does and no other byte did. Gives whether it differs. */
@inline
function codeAt(at: usize, j: i32, target: u32, certain: bool): bool {
  const here = old + 2 + j;
  const was = <u32>load<u8>(here);
  const was1 = <u32>load<u8>(here - 1);
  const mark = <u32>load<u8>(marks + j);
  const expected = <u32>load<u8>(at);
  const moved = (expected - was) & 255;
  const last = lastValues + (was << 6 | mark);
  const known = <u32>load<u8>(last);
  const next = <u32>load<u8>(here, 1);
  let differs = 1;
  if (!certain) {
    const was2 = <u32>load<u8>(here - 2);
    const distance: u32 = since < 8 ? since : since < 16 ? 8 : since < 64 ? 9 : 10;
    setContext(flagModel, 0, mix(1, (flags & 0xff) << 24 | mark << 16 | moved << 8 | next));
    setContext(flagModel, 1, mix(2, was << 16 | was1 << 8 | distance));
    setContext(flagModel, 2, mix(3, moved << 24 | was << 16 | was1 << 8 | was2));
    setContext(flagModel, 3, mix(4, mark << 16 | (flags & 0xff) << 8 | value1));
    setContext(flagModel, 4, mix(5, was1 << 16 | was2 << 8 | mark));
    setContext(flagModel, 5, mix(6, was << 16 | next << 8 | distance));
    setContext(flagModel, 6, mix(7, (flags & 0xffff) << 8 | mark));
    setContext(flagModel, 7, mix(8, known << 16 | moved << 8 | mark));
    differs = codeFlag(flagModel, mark, writing ? i32(target != expected) : 0);
  }
  flags = (flags << 1) | differs;
  carry &= differs;
  if (differs) {
    setByteContext(valueModel, 0, mix(11, 0));
    setByteContext(valueModel, 1, mix(12, moved << 8 | mark));
    setByteContext(valueModel, 2, mix(13, carry << 20 | value1 << 8 | min(since, 3) << 6 | mark));
    setByteContext(valueModel, 3, mix(14, was << 8 | next));
    setByteContext(valueModel, 4, mix(15, moved << 16 | was << 8 | mark));
    setByteContext(valueModel, 5, mix(16, value2 << 8 | min(since, 15)));
    setByteContext(valueModel, 6, mix(17, (flags & 255) << 8 | mark));
    setByteContext(valueModel, 7, mix(18, was << 16 | value1 << 8 | mark));
    const value = <u32>codeByte(valueModel, mark, writing ? (target - was) & 255 : 0);
    store<u8>(at, <u8>(was + value));
    carry = u32(was + value > 255);
    since = 0;
    keepValue(last, value);
    counted++;
  } else {
    since = min(since + 1, 255);
    if (moved) keepValue(last, moved);
  }
  return differs != 0;
}

@inline
function keepValue(last: usize, value: u32): void {
  store<u8>(last, <u8>value);
  value2 = value1;
  value1 = value;
}
