/** Differences in covers: the answer that assembly/differences.ts is held to (FORMAT §6.4.6). */
import type { Records } from '../records.ts';
import { createCoder } from './coder.ts';
import { createModel, mix } from './model.ts';

const [region, chunk, noField] = [512, 16, 4];

/** What kind of operand may begin behind these two bytes. */
function operandBehind(b: number, a: number): number {
  if ((a & 0xfe) === 0xe8) return 1;
  if ((a & 0xf0) === 0x80 && b === 0x0f) return 2;
  return (a & 0xc7) === 0x05 ? 3 : 0;
}

/**
 * `block` has the old bytes and gets the new ones. With `target` the differences are written and the stream comes back; else `stream` is read,
 * and null comes back where it is damaged.
 */
export function codeDifferences(
  block: Uint8Array,
  target: Uint8Array | null,
  records: Records,
  reference: number,
  stream: Uint8Array | null,
  bits: number,
): Uint8Array | null {
  const coder = createCoder(target ? null : stream);
  const chunkModel = createModel(coder, 8, 64, Math.min(bits, 14), 1e-7);
  const flagModel = createModel(coder, 8, 32, bits, 1e-7);
  const valueModel = createModel(coder, 8, 32, bits, 1e-7);
  const lastValues = new Uint8Array(256 * 32);
  const probabilities = new Uint16Array(16).fill(32_768);
  let [regions, chunks, flags] = [0, 0, 0];
  let [value1, value2, since, field, operand, carry, old1, old2] = [0, 0, 0, noField, 0, 0, 0, 0];

  const byteAt = (at: number): number => block[at] ?? 0;
  const wordAt = (at: number): number =>
    byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24);

  function differ(at: number, length: number): number {
    for (let i = at; target && i < at + length; i++) if (byteAt(i) !== target[i]) return 1;
    return 0;
  }

  function codeAlone(index: number, given: number): number {
    const p = probabilities[index] ?? 0;
    const bit = coder.bit(given, Math.max(32, Math.min(65_504, p)));
    probabilities[index] = p + (((bit === 1 ? 65_535 : 0) - p) >> 5);
    return bit;
  }

  function pass(at: number, length: number): void {
    old2 = length > 1 ? byteAt(at + length - 2) : old1;
    old1 = byteAt(at + length - 1);
    since = Math.min(since + length, 255);
    field = noField;
    flags = 0;
  }

  function codeRegion(at: number, length: number): void {
    const differs = codeAlone(regions & 15, differ(at, length));
    regions = (regions << 1) | differs;
    if (differs === 0) {
      pass(at, length);
      return;
    }
    let found = false;
    for (let k = 0; k < length; k += chunk) {
      const size = Math.min(chunk, length - k);
      if (codeChunk(at + k, size, !found && k + size === length)) found = true;
    }
  }

  function codeChunk(at: number, length: number, certain: boolean): boolean {
    const differs = certain ? 1 : chunkFlag(at, length);
    chunks = (chunks << 1) | differs;
    if (differs === 0) {
      pass(at, length);
      return false;
    }
    let found = false;
    for (let j = 0; j < length; j++) if (codeAt(at + j, !found && j === length - 1)) found = true;
    return true;
  }

  function chunkFlag(at: number, length: number): number {
    let [candidates, first, a, b] = [0, 0, old1, old2];
    for (let j = 0; j < length; j++) {
      const kind = operandBehind(b, a);
      if (kind > 0) {
        candidates++;
        if (first === 0) first = kind | (j << 2);
      }
      b = a;
      a = byteAt(at + j);
    }
    candidates = Math.min(candidates, 3);
    const short = length === chunk ? 0 : length;
    const values = [
      (candidates << 16) | ((chunks & 0xff) << 8) | short,
      ((chunks & 0xffff) << 8) | short,
      (first << 4) | (chunks & 7),
      wordAt(at),
      (field << 12) | (old1 << 4) | (chunks & 3),
      (value1 << 8) | (chunks & 15),
      (((Math.min(since, 63) << 8) | first) << 2) | candidates,
      wordAt(at + 4) ^ wordAt(at + 8),
    ];
    values.forEach((value, index) => chunkModel.set(index, mix(1 + index, value)));
    return chunkModel.flag(candidates * 8 + (chunks & 7), differ(at, length));
  }

  function codeAt(at: number, certain: boolean): boolean {
    const old = byteAt(at);
    const kind = operandBehind(old2, old1);
    if (kind > 0) {
      field = 0;
      operand = kind;
    } else if (field < noField) field++;
    const place = field < noField ? (field << 2) | operand : 16;
    const wanted = target?.[at] ?? 0;
    const differs = certain ? 1 : byteFlag(at, old, place, wanted);
    flags = (flags << 1) | differs;
    if (differs === 1) {
      const known = lastValues[(old << 5) | place] ?? 0;
      const values = [
        (place << 8) | value1,
        (old << 8) | place,
        (value1 << 16) | (value2 << 8) | place,
        (known << 8) | place,
        (old1 << 16) | (old << 8) | place,
        (carry << 20) | (value1 << 8) | (Math.min(since, 3) << 5) | place,
        (old << 16) | (value1 << 8) | place,
        place,
      ];
      values.forEach((value, index) => valueModel.set(index, mix(11 + index, value)));
      const value = valueModel.byte(place, target ? (wanted - old) & 255 : 0);
      block[at] = old + value;
      lastValues[(old << 5) | place] = value;
      carry = Number(old + value > 255);
      [value2, value1] = [value1, value];
      since = 0;
    } else {
      since = Math.min(since + 1, 255);
      carry = 0;
    }
    [old2, old1] = [old1, old];
    return differs === 1;
  }

  function byteFlag(at: number, old: number, place: number, wanted: number): number {
    const distance = since < 8 ? since : since < 16 ? 8 : since < 64 ? 9 : 10;
    const values = [
      (place << 16) | (distance << 8) | value1,
      (old << 16) | (old1 << 8) | distance,
      (old << 16) | (old1 << 8) | old2,
      (place << 16) | ((flags & 0xff) << 8) | value1,
      (old1 << 16) | (old2 << 8) | place,
      (old << 16) | (byteAt(at + 1) << 8) | distance,
      ((flags & 0xffff) << 8) | place,
      ((lastValues[(old << 5) | place] ?? 0) << 8) | place,
    ];
    values.forEach((value, index) => flagModel.set(index, mix(1 + index, value)));
    return flagModel.flag(place, Number(wanted !== old));
  }

  for (let i = 0; i < records.count; i++) {
    if (records.source(i) < reference) {
      old1 = old2 = 0;
      field = noField;
      for (let k = 0; k < records.length(i) && !coder.isLost(); k += region) {
        codeRegion(records.place(i) + k, Math.min(region, records.length(i) - k));
      }
    }
    if (coder.isLost()) return null;
  }
  return coder.finish();
}
