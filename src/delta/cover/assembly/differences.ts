/**
 * Where the block differs from what its covers brought, and by how much (FORMAT §6.4.6). Regions of 512 bytes are said to
 * differ or not; in those that do, chunks of 16 bytes are, in these, each byte is, and by how much. The contexts look at the old bytes as at
 * code of x86 processors, whose operands are what differs when code has moved.
 */
import { beginReading, beginWriting, codeBit, finish, isLost, writing } from './coder';
import { Model, codeByte, codeFlag, createModel, mix, setContext } from './model';
import { lengthOf, placeOf, recordSize, sourceOf } from './records';

const region: i32 = 512;
const chunk: i32 = 16;
const noField: u32 = 4;

let chunkModel: Model = changetype<Model>(0);
let flagModel: Model = changetype<Model>(0);
let valueModel: Model = changetype<Model>(0);
/** The last difference by old byte and place in an operand: u8[256][32]. */
let lastValues: usize = 0;

/** Probabilities of regions by the last four: u16[16]. */
let probabilities: usize = 0;

let regions: u32 = 0; // of the last regions which differed, the latest lowest
let value1: u32 = 0;
let value2: u32 = 0;
let chunks: u32 = 0; // of the last chunks which differed, the latest lowest
let flags: u32 = 0; // of the last bytes
let since: u32 = 0; // bytes since the last difference, at most 255
let field: u32 = noField; // place in an operand
let operand: u32 = 0; // its kind
let carry: u32 = 0; // whether the last sum went over 255
let old1: u32 = 0; // the old bytes before this one
let old2: u32 = 0;
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
  start(heap, bits);
  for (let i = 0; i < count; i++) {
    const record = records + <usize>i * recordSize;
    if (sourceOf(record) < <i64>reference) codeCover(block + placeOf(record), lengthOf(record), target ? target + placeOf(record) : 0);
    if (isLost()) return 0;
  }
  const stop = finish();
  return stop == 0 ? 0 : target ? <i32>(stop - coded) : 1;
}

function start(heap: usize, bits: i32): void {
  chunkModel = changetype<Model>(heap);
  heap = createModel(heap, 1, 64, min(bits, 14), 1e-7);
  flagModel = changetype<Model>(heap);
  heap = createModel(heap, 1, 32, bits, 1e-7);
  valueModel = changetype<Model>(heap);
  heap = createModel(heap, 1, 32, bits, 1e-7);
  lastValues = heap;
  memory.fill(lastValues, 0, 256 * 32);
  probabilities = lastValues + 256 * 32;
  for (let i = 0; i < 16; i++) store<u16>(probabilities + (<usize>i << 1), 32768);
  regions = 0;
  value1 = value2 = chunks = flags = since = operand = carry = 0;
  field = noField;
  counted = 0;
}

/** What kind of operand may begin behind these two bytes: of a call or jump, a conditional jump, relative to the code; 0 none. */
@inline
function operandBehind(b: u32, a: u32): u32 {
  if ((a & 0xfe) == 0xe8) return 1;
  if ((a & 0xf0) == 0x80 && b == 0x0f) return 2;
  return (a & 0xc7) == 0x05 ? 3 : 0;
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

function codeCover(at: usize, length: i32, target: usize): void {
  old1 = old2 = 0;
  field = noField;
  for (let k = 0; k < length; k += region) {
    codeRegion(at + k, min(region, length - k), target ? target + k : 0);
    if (isLost()) return;
  }
}

function codeRegion(at: usize, length: i32, target: usize): void {
  const differs = codeAlone(<i32>(regions & 15), writing ? differ(at, target, length) : 0);
  regions = (regions << 1) | differs;
  if (!differs) {
    pass(at, length);
    return;
  }
  let found = false;
  for (let k = 0; k < length; k += chunk) {
    const size = min(chunk, length - k);
    if (codeChunk(at + k, size, target ? target + k : 0, !found && k + size == length)) found = true;
  }
}

/** Goes over bytes that do not differ. */
@inline
function pass(at: usize, length: i32): void {
  old2 = length > 1 ? <u32>load<u8>(at + length - 2) : old1;
  old1 = load<u8>(at + length - 1);
  since = min(since + length, 255);
  field = noField;
  flags = 0;
}

/** A chunk; `certain` where it must differ, since its region does and no other chunk did. Gives whether it differs. */
function codeChunk(at: usize, length: i32, target: usize, certain: bool): bool {
  let differs = 1;
  if (!certain) {
    let candidates: u32 = 0;
    let first: u32 = 0;
    let a = old1;
    let b = old2;
    for (let j = 0; j < length; j++) {
      const kind = operandBehind(b, a);
      if (kind) {
        candidates++;
        if (!first) first = kind | (<u32>j << 2);
      }
      b = a;
      a = load<u8>(at + j);
    }
    candidates = min(candidates, 3);
    const short: u32 = length == chunk ? 0 : length;
    setContext(chunkModel, 0, mix(1, candidates << 16 | (chunks & 0xff) << 8 | short));
    setContext(chunkModel, 1, mix(2, (chunks & 0xffff) << 8 | short));
    setContext(chunkModel, 2, mix(3, first << 4 | (chunks & 7)));
    setContext(chunkModel, 3, mix(4, load<u32>(at)));
    setContext(chunkModel, 4, mix(5, field << 12 | (old1 << 4) | (chunks & 3)));
    setContext(chunkModel, 5, mix(6, value1 << 8 | (chunks & 15)));
    setContext(chunkModel, 6, mix(7, (min(since, 63) << 8 | first) << 2 | candidates));
    setContext(chunkModel, 7, mix(8, load<u32>(at, 4) ^ load<u32>(at, 8)));
    differs = codeFlag(chunkModel, candidates * 8 + (chunks & 7), writing ? differ(at, target, length) : 0);
  }
  chunks = (chunks << 1) | differs;
  if (!differs) {
    pass(at, length);
    return false;
  }
  let found = false;
  for (let j = 0; j < length; j++) {
    if (codeAt(at + j, target ? <u32>load<u8>(target + j) : 0, !found && j == length - 1)) found = true;
  }
  return true;
}

/** One byte; `certain` where it must differ, since its chunk does and no other byte did. Gives whether it differs. */
@inline
function codeAt(at: usize, target: u32, certain: bool): bool {
  const old = <u32>load<u8>(at);
  const kind = operandBehind(old2, old1);
  if (kind) {
    field = 0;
    operand = kind;
  } else if (field < noField) field++;
  const place = field < noField ? (field << 2 | operand) : 16;
  let differs = 1;
  if (!certain) {
    const next = <u32>load<u8>(at + 1);
    const distance: u32 = since < 8 ? since : since < 16 ? 8 : since < 64 ? 9 : 10;
    setContext(flagModel, 0, mix(1, place << 16 | distance << 8 | value1));
    setContext(flagModel, 1, mix(2, old << 16 | old1 << 8 | distance));
    setContext(flagModel, 2, mix(3, old << 16 | old1 << 8 | old2));
    setContext(flagModel, 3, mix(4, place << 16 | (flags & 0xff) << 8 | value1));
    setContext(flagModel, 4, mix(5, old1 << 16 | old2 << 8 | place));
    setContext(flagModel, 5, mix(6, old << 16 | next << 8 | distance));
    setContext(flagModel, 6, mix(7, (flags & 0xffff) << 8 | place));
    setContext(flagModel, 7, mix(8, <u32>load<u8>(lastValues + (old << 5 | place)) << 8 | place));
    differs = codeFlag(flagModel, place, writing ? i32(target != old) : 0);
  }
  flags = (flags << 1) | differs;
  if (differs) {
    const last = lastValues + (old << 5 | place);
    const known = <u32>load<u8>(last);
    setContext(valueModel, 0, mix(11, place << 8 | value1));
    setContext(valueModel, 1, mix(12, old << 8 | place));
    setContext(valueModel, 2, mix(13, value1 << 16 | value2 << 8 | place));
    setContext(valueModel, 3, mix(14, known << 8 | place));
    setContext(valueModel, 4, mix(15, old1 << 16 | old << 8 | place));
    setContext(valueModel, 5, mix(16, carry << 20 | value1 << 8 | min(since, 3) << 5 | place));
    setContext(valueModel, 6, mix(17, old << 16 | value1 << 8 | place));
    setContext(valueModel, 7, mix(18, place));
    const value = <u32>codeByte(valueModel, place, writing ? (target - old) & 255 : 0);
    store<u8>(at, <u8>(old + value));
    store<u8>(last, <u8>value);
    carry = u32(old + value > 255);
    value2 = value1;
    value1 = value;
    since = 0;
    counted++;
  } else {
    since = min(since + 1, 255);
    carry = 0;
  }
  old2 = old1;
  old1 = old;
  return differs != 0;
}
