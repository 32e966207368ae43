/** Differences in covers: the answer that assembly/differences.ts is held to (FORMAT §6.4.6). */
import type { Records } from '../records.ts';
import { createAddresses, unmarked } from './addresses.ts';
import { createByteModel } from './byte-model.ts';
import { createCoder } from './coder.ts';
import { createFlagModel } from './flag-model.ts';
import { mix } from './hash.ts';

const [region, chunk] = [512, 16];

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
  const chunkModel = createFlagModel(coder, 4, 64, Math.min(bits, 14));
  const flagModel = createFlagModel(coder, 8, 40, bits);
  const valueModel = createByteModel(coder, 8, 40, bits);
  const lastValues = new Uint8Array(256 * 64);
  const probabilities = new Uint16Array(16).fill(32_768);
  let [regions, chunks, flags] = [0, 0, 0];
  let [value1, value2, since, carry] = [0, 0, 0, 0];
  const addresses = createAddresses(reference);
  // Of the region: where it begins in the block, its old bytes with the two before and zeros behind, what they should be, and marks.
  let start = 0;
  let old: Uint8Array = new Uint8Array();
  let expected: Uint8Array = new Uint8Array();
  let marks: Uint8Array = new Uint8Array();

  const oldAt = (j: number): number => old[j + 2] ?? 0;
  const wordAt = (j: number): number =>
    oldAt(j) | (oldAt(j + 1) << 8) | (oldAt(j + 2) << 16) | (oldAt(j + 3) << 24);

  function differ(from: number, length: number): number {
    for (let j = from; target && j < from + length; j++) if (expected[j] !== target[start + j]) return 1;
    return 0;
  }

  function codeAlone(index: number, given: number): number {
    const p = probabilities[index] ?? 0;
    const bit = coder.bit(given, Math.max(32, Math.min(65_504, p)));
    probabilities[index] = p + (((bit === 1 ? 65_535 : 0) - p) >> 5);
    return bit;
  }

  function pass(length: number): void {
    since = Math.min(since + length, 255);
    flags = 0;
  }

  function codeRegion(length: number): void {
    const differs = codeAlone(regions & 15, differ(0, length));
    regions = (regions << 1) | differs;
    if (differs === 0) {
      pass(length);
      return;
    }
    let found = false;
    for (let k = 0; k < length; k += chunk) {
      const size = Math.min(chunk, length - k);
      if (codeChunk(k, size, !found && k + size === length)) found = true;
    }
  }

  function codeChunk(k: number, length: number, certain: boolean): boolean {
    const differs = certain ? 1 : chunkFlag(k, length);
    chunks = (chunks << 1) | differs;
    if (differs === 0) {
      pass(length);
      return false;
    }
    let found = false;
    for (let j = k; j < k + length; j++) if (codeAt(j, !found && j === k + length - 1)) found = true;
    return true;
  }

  function chunkFlag(k: number, length: number): number {
    const heads = [...marks.subarray(k, k + length)].filter((mark) => mark % 4 === 0 && mark !== unmarked);
    const doubts = Math.min(3, heads.filter((mark) => (mark >> 2) % 3 < 2).length);
    const first = heads[0] ?? unmarked;
    const values = [
      (first << 4) | (chunks & 7),
      wordAt(k),
      (((Math.min(since, 63) << 8) | first) << 2) | doubts,
      wordAt(k + 4) ^ wordAt(k + 8),
    ];
    values.forEach((value, index) => chunkModel.set(index, mix(1 + index, value)));
    return chunkModel.flag(doubts * 8 + (chunks & 7), differ(k, length));
  }

  function codeAt(j: number, certain: boolean): boolean {
    const [was, mark] = [oldAt(j), marks[j] ?? 0];
    const moved = ((expected[j] ?? 0) - was) & 255;
    const wanted = target?.[start + j] ?? 0;
    const last = (was << 6) | mark;
    const known = lastValues[last] ?? 0;
    const differs = certain ? 1 : byteFlag(j, mark, moved, known, wanted);
    flags = (flags << 1) | differs;
    carry &= differs;
    const keep = (value: number): void => {
      lastValues[last] = value;
      [value2, value1] = [value1, value];
    };
    if (differs === 1) {
      const values = [
        0,
        (moved << 8) | mark,
        (carry << 20) | (value1 << 8) | (Math.min(since, 3) << 6) | mark,
        (was << 8) | oldAt(j + 1),
        (moved << 16) | (was << 8) | mark,
        (value2 << 8) | Math.min(since, 15),
        ((flags & 255) << 8) | mark,
        (was << 16) | (value1 << 8) | mark,
      ];
      values.forEach((value, index) => valueModel.set(index, mix(11 + index, value)));
      const value = valueModel.byte(mark, target ? (wanted - was) & 255 : 0);
      expected[j] = was + value;
      carry = Number(was + value > 255);
      since = 0;
      keep(value);
    } else {
      since = Math.min(since + 1, 255);
      if (moved > 0) keep(moved);
    }
    return differs === 1;
  }

  function byteFlag(j: number, mark: number, moved: number, known: number, wanted: number): number {
    const [was, was1, was2] = [oldAt(j), oldAt(j - 1), oldAt(j - 2)];
    const distance = since < 8 ? since : since < 16 ? 8 : since < 64 ? 9 : 10;
    const values = [
      ((flags & 0xff) << 24) | (mark << 16) | (moved << 8) | oldAt(j + 1),
      (was << 16) | (was1 << 8) | distance,
      (moved << 24) | (was << 16) | (was1 << 8) | was2,
      (mark << 16) | ((flags & 0xff) << 8) | value1,
      (was1 << 16) | (was2 << 8) | mark,
      (was << 16) | (oldAt(j + 1) << 8) | distance,
      ((flags & 0xffff) << 8) | mark,
      (known << 16) | (moved << 8) | mark,
    ];
    values.forEach((value, index) => flagModel.set(index, mix(1 + index, value)));
    return flagModel.flag(mark, Number(wanted !== expected[j]));
  }

  function codeCover(source: number, place: number, length: number): void {
    let before = [0, 0];
    for (let k = 0; k < length && !coder.isLost(); k += region) {
      start = place + k;
      const bytes = block.slice(start, start + Math.min(region, length - k));
      old = Uint8Array.from([...before, ...bytes]);
      const here = addresses(old, source + k, start);
      ({ expected, marks } = here);
      codeRegion(bytes.length);
      here.learn(expected);
      block.set(expected, start);
      before = [...old.subarray(-2)];
    }
  }

  for (let i = 0; i < records.count; i++) {
    if (records.source(i) < reference) codeCover(records.source(i), records.place(i), records.length(i));
    if (coder.isLost()) return null;
  }
  return coder.finish();
}
