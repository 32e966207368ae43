/** The list of covers as a stream (FORMAT §6.4.5): for each the literals before it, where it comes from, and its length. */
import { ByteModel, codeByte, createByteModel, setByteContext } from './byte-model';
import { beginReading, beginWriting, finish, isLost, writing } from './coder';
import { mix } from './hash';
import { codeNumber, lastClass } from './numbers';
import { lengthOf, placeOf, recordSize, setRecord, sourceOf } from './records';

/** How a source is said. From `recent` on: one of the shifts that were used before, the latest first. */
const onward: u32 = 0; // behind as many bytes of the source as there are literals
const adjacent: u32 = 1; // directly behind the last source
const later: u32 = 2; // so many bytes behind `onward`
const earlier: u32 = 3; // so many before
const recent: u32 = 4;
const recents: u32 = 16;

let model: ByteModel = changetype<ByteModel>(0);
let shifts: usize = 0;
let place: i64 = 0; // where the last cover ended in the block
let source: i64 = 0; // and where its source did
let kind1: u32 = 0;
let kind2: u32 = 0;
let length1: u32 = 0;
let length2: u32 = 0;
let hole1: u32 = 0;
let hole2: u32 = 0;

/** Writes `count` records; gives the length of the stream, or 0 where it does not fit. */
export function writeCovers(records: usize, count: i32, coded: usize, end: usize, heap: usize): i32 {
  beginWriting(coded, end);
  start(heap);
  for (let i = 0; i < count; i++) codeCover(records + <usize>i * recordSize);
  const stop = finish();
  return stop == 0 ? 0 : <i32>(stop - coded);
}

/**
 * Reads `count` records for a block of `size` bytes with a reference of `reference` bytes. Gives 1, or 0 for a stream that is
 * damaged or has a cover that is not inside of block, reference, or what comes before it in the block.
 */
export function readCovers(records: usize, count: i32, size: i32, reference: f64, coded: usize, end: usize, heap: usize): i32 {
  beginReading(coded, end);
  start(heap);
  for (let i = 0; i < count; i++) {
    if (!codeCover(records + <usize>i * recordSize)) return 0;
    if (place > <i64>size || isLost()) return 0;
    const record = records + <usize>i * recordSize;
    const from = sourceOf(record);
    const to = from + lengthOf(record);
    if (from < <i64>reference ? to > <i64>reference : to - <i64>reference > <i64>placeOf(record)) return 0;
  }
  return finish() == 0 ? 0 : 1;
}

function start(heap: usize): void {
  shifts = heap;
  memory.fill(shifts, 0, recents * 8);
  model = changetype<ByteModel>((heap + recents * 8 + 63) & ~63);
  createByteModel(changetype<usize>(model), 8, 4, 15);
  place = 0;
  source = 0;
  kind1 = kind2 = length1 = length2 = hole1 = hole2 = 0;
}

function codeCover(record: usize): bool {
  see(1, length1 << 8 | kind1, hole1 << 8 | kind1, length1 << 16 | hole1 << 8 | kind1, kind1 << 8 | kind2);
  setByteContext(model, 4, mix(15, hole1 << 16 | hole2 << 8 | kind1));
  setByteContext(model, 5, mix(16, length1 << 16 | length2 << 8 | kind1));
  const hole = codeNumber(model, 0, writing ? <i64>placeOf(record) - place : 0);
  const sizeOfHole = <u32>lastClass;
  const expected = source + hole;

  let kind: u32 = 0;
  if (writing) kind = kindOf(sourceOf(record), expected, sourceOf(record) - (place + hole));
  see(2, sizeOfHole << 8 | kind1, sizeOfHole << 8 | length1, kind1 << 8 | kind2, sizeOfHole);
  setByteContext(model, 4, mix(25, sizeOfHole << 16 | kind1 << 8 | kind2));
  setByteContext(model, 5, mix(26, length1 << 8 | kind1));
  kind = codeByte(model, 1, kind);

  let from = expected;
  if (kind == adjacent) from = source;
  else if (kind >= recent) {
    if (kind >= recent + recents) return false;
    from = load<i64>(shifts + <usize>(kind - recent) * 8) + place + hole;
  } else if (kind != onward) {
    see(3, kind, kind1 << 8 | kind, sizeOfHole << 8 | kind, length1 << 8 | kind);
    setByteContext(model, 4, mix(35, sizeOfHole << 16 | length1 << 8 | kind));
    setByteContext(model, 5, 0);
    const distance = writing ? (kind == later ? sourceOf(record) - expected : expected - sourceOf(record)) : 0;
    const d = codeNumber(model, 2, distance);
    from = kind == later ? expected + d : expected - d;
  }
  if (from < 0) return false;
  remember(from - (place + hole));

  see(4, kind << 8 | length1, kind << 8 | sizeOfHole, kind1 << 8 | kind, kind);
  setByteContext(model, 4, mix(45, length1 << 16 | length2 << 8 | kind));
  setByteContext(model, 5, mix(46, sizeOfHole << 16 | length1 << 8 | kind));
  const length = codeNumber(model, 3, writing ? lengthOf(record) : 0);
  if (!writing) {
    if (length == 0 || place + hole + length > 0x7fffffff) return false;
    setRecord(record, from, <i32>(place + hole), <i32>length);
  }
  length2 = length1;
  length1 = lastClass;
  kind2 = kind1;
  kind1 = kind;
  hole2 = hole1;
  hole1 = sizeOfHole;
  place += hole + length;
  source = from + length;
  return true;
}

@inline
function see(field: u32, a: u32, b: u32, c: u32, d: u32): void {
  setByteContext(model, 0, mix(field * 10 + 1, a));
  setByteContext(model, 1, mix(field * 10 + 2, b));
  setByteContext(model, 2, mix(field * 10 + 3, c));
  setByteContext(model, 3, mix(field * 10 + 4, d));
  setByteContext(model, 6, mix(field * 10 + 7, 0));
  setByteContext(model, 7, mix(field * 10 + 8, kind1 << 16 | hole1 << 8 | length1));
}

function kindOf(from: i64, expected: i64, shift: i64): u32 {
  if (from == expected) return onward;
  if (from == source) return adjacent;
  for (let i: u32 = 0; i < recents; i++) if (load<i64>(shifts + <usize>i * 8) == shift) return recent + i;
  return from > expected ? later : earlier;
}

/** The shift comes to the front of those that were used before. */
function remember(shift: i64): void {
  let i: u32 = 0;
  while (i < recents - 1 && load<i64>(shifts + <usize>i * 8) != shift) i++;
  for (; i > 0; i--) store<i64>(shifts + <usize>i * 8, load<i64>(shifts + <usize>(i - 1) * 8));
  store<i64>(shifts, shift);
}
