/** The streams as plain bytes (FORMAT §6.4.8): fast to read and write, and the form that brotli takes. */
import { damaged, putNumber } from './block-format.ts';
import { type RecordList, type Records, recordList } from './records.ts';

/** For each cover: literals before it, distance of its source from the end of the last one, length. */
export function writeCovers(records: Records): Uint8Array {
  const bytes: number[] = [];
  let place = 0;
  let source = 0;
  for (let i = 0; i < records.count; i++) {
    putNumber(bytes, records.place(i) - place);
    const distance = records.source(i) - source;
    putNumber(bytes, distance >= 0 ? distance * 2 : -distance * 2 - 1);
    putNumber(bytes, records.length(i));
    place = records.place(i) + records.length(i);
    source = records.source(i) + records.length(i);
  }
  return Uint8Array.from(bytes);
}

/** Reads `count` covers of a block of `size` bytes with a reference of `reference` bytes. E_FORMAT. */
export function readCovers(bytes: Uint8Array, count: number, size: number, reference: number): Uint8Array {
  const numbers = reader(bytes);
  const list: RecordList = recordList(count);
  let place = 0;
  let source = 0;
  for (let i = 0; i < count; i++) {
    place += numbers.next();
    const distance = numbers.next();
    source += distance % 2 === 0 ? distance / 2 : -(distance + 1) / 2;
    const length = numbers.next();
    const end = source + length;
    const inside = source >= 0 && (source < reference ? end <= reference : end - reference <= place);
    if (!inside || length === 0 || place + length > size)
      throw damaged('a cover lies outside of what it is made of');
    list.add(source, place, length);
    place += length;
    source = end;
  }
  numbers.end();
  return list.bytes();
}

/** Most bytes are equal: so many are passed over at once. */
const stride = 512;

/** For each byte of the covers from the reference that differs: how many equal ones are before it, and the difference. */
export function writeDifferences(
  block: Uint8Array,
  target: Uint8Array,
  records: Records,
  reference: number,
): Uint8Array {
  const gaps: number[] = [];
  const values: number[] = [];
  const before = Buffer.from(block.buffer, block.byteOffset, block.length);
  let gap = 0;
  for (let i = 0; i < records.count; i++) {
    if (records.source(i) >= reference) continue;
    const end = records.place(i) + records.length(i);
    for (let at = records.place(i); at < end; at++) {
      if (
        at % stride === 0 &&
        at + stride <= end &&
        before.compare(target, at, at + stride, at, at + stride) === 0
      ) {
        gap += stride;
        at += stride - 1;
        continue;
      }
      const difference = ((target[at] ?? 0) - (block[at] ?? 0)) & 255;
      if (difference === 0) {
        gap++;
        continue;
      }
      putNumber(gaps, gap);
      values.push(difference);
      gap = 0;
    }
  }
  const head: number[] = [];
  putNumber(head, values.length);
  return Buffer.concat([Uint8Array.from(head), Uint8Array.from(gaps), Uint8Array.from(values)]);
}

/** Adds differences to the covers in `block`. E_FORMAT. */
export function applyDifferences(
  bytes: Uint8Array,
  block: Uint8Array,
  records: Records,
  reference: number,
): void {
  const numbers = reader(bytes);
  const count = numbers.next();
  const values = bytes.length - count;
  let index = -1;
  let at = 0;
  let end = 0;
  for (let i = 0; i < count; i++) {
    let gap = numbers.next();
    while (at + gap >= end) {
      gap -= end - at;
      do index++;
      while (index < records.count && records.source(index) >= reference);
      if (index >= records.count) throw damaged('a difference lies behind the last cover');
      at = records.place(index);
      end = at + records.length(index);
    }
    at += gap;
    block[at] = ((block[at] ?? 0) + (bytes[values + i] ?? 0)) & 255;
    at++;
  }
  if (numbers.place() !== values) throw damaged('there are more or fewer differences than places');
}

/** The bytes that no cover brings. */
export function writeLiterals(target: Uint8Array, records: Records): Uint8Array {
  const pieces: Uint8Array[] = [];
  let place = 0;
  for (let i = 0; i < records.count; i++) {
    if (records.place(i) > place) pieces.push(target.subarray(place, records.place(i)));
    place = records.place(i) + records.length(i);
  }
  pieces.push(target.subarray(place));
  return Buffer.concat(pieces);
}

/** Fills the holes of `block`, and copies the covers from within it. E_FORMAT. */
export function applyLiterals(
  bytes: Uint8Array,
  block: Uint8Array,
  records: Records,
  reference: number,
): void {
  let place = 0;
  let taken = 0;
  const fill = (end: number): void => {
    if (taken + end - place > bytes.length) throw damaged('there are not enough literals');
    block.set(bytes.subarray(taken, taken + end - place), place);
    taken += end - place;
  };
  for (let i = 0; i < records.count; i++) {
    fill(records.place(i));
    place = records.place(i) + records.length(i);
    const from = records.source(i) - reference;
    if (from >= 0) block.copyWithin(records.place(i), from, from + records.length(i));
  }
  fill(block.length);
  if (taken !== bytes.length) throw damaged('there are too many literals');
}

function reader(bytes: Uint8Array): { next(): number; place(): number; end(): void } {
  let at = 0;
  return {
    next() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++];
        if (byte === undefined || scale > 2 ** 49) throw damaged('a number is cut off or too long');
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    },
    place: () => at,
    end() {
      if (at !== bytes.length) throw damaged('bytes stand behind the last cover');
    },
  };
}
