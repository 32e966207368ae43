/** The smallest pieces of an encoded delta (FORMAT §6.3.1): numbers, strings and data, written and read. */
import { PatchError } from '../../errors.ts';
import { overLimit } from '../limits.ts';
import { fromUtf16 } from '../utf16.ts';

export interface ByteWriter {
  byte(value: number): void;
  /** Up to 2^53 - 1, seven bits a byte, the lowest first. */
  number(value: number): void;
  /** The number of UTF-16 code units, then the units, little-endian. */
  text(value: string): void;
  /** The number of bytes, then the bytes. */
  data(value: Uint8Array): void;
  /** The bytes alone. */
  raw(value: Uint8Array): void;
  bytes(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let buffer = Buffer.allocUnsafe(1 << 12);
  let size = 0;
  const reserve = (more: number): void => {
    if (size + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(size + more, buffer.length * 2));
    buffer.copy(larger, 0, 0, size);
    buffer = larger;
  };
  const byte = (value: number): void => {
    reserve(1);
    buffer[size++] = value;
  };
  const number = (value: number): void => {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) byte((rest % 0x80) | 0x80);
    byte(rest);
  };
  const raw = (value: Uint8Array): void => {
    reserve(value.length);
    buffer.set(value, size);
    size += value.length;
  };
  return {
    byte,
    number,
    raw,
    text: (value) => {
      number(value.length);
      reserve(value.length * 2);
      size += buffer.write(value, size, 'utf16le');
    },
    data: (value) => {
      number(value.length);
      raw(value);
    },
    bytes: () => new Uint8Array(buffer.subarray(0, size)),
  };
}

export interface ByteReader {
  byte(what: string): number;
  number(what: string): number;
  /** E_LIMIT above `limit` UTF-16 code units, before anything is made of them. */
  text(what: string, limit: number): string;
  /** A copy. E_LIMIT above `limit` bytes. */
  data(what: string, limit: number): Uint8Array;
  /** As many bytes as that, as a view. */
  raw(what: string, size: number): Uint8Array;
  /** Nothing may be left. */
  end(): void;
}

/** Reads what ByteWriter wrote; E_FORMAT with the offset for anything that it would not write. */
export function createByteReader(bytes: Uint8Array): ByteReader {
  let at = 0;

  function byte(what: string): number {
    const value = bytes[at];
    if (value === undefined) throw malformed(at, `${what} is missing`);
    at++;
    return value;
  }

  function number(what: string): number {
    const start = at;
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const next = byte(what);
      value += (next & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw malformed(start, `${what} is too large`);
      if (next >= 0x80) continue;
      if (next === 0 && at - start > 1) throw malformed(start, `${what} is not in its shortest form`);
      return value;
    }
  }

  function take(what: string, size: number): Uint8Array {
    if (size > bytes.length - at) throw malformed(at, `${what} is cut off`);
    at += size;
    return bytes.subarray(at - size, at);
  }

  function length(what: string, limit: number): number {
    const value = number(what);
    if (value > limit) throw overLimit(`registry delta, byte ${at}: ${what} is too long`, limit);
    return value;
  }

  return {
    byte,
    number,
    text: (what, limit) => fromUtf16(take(what, length(what, limit) * 2)),
    data: (what, limit) => take(what, length(what, limit)).slice(),
    raw: take,
    end: () => {
      if (at !== bytes.length) throw malformed(at, 'there are bytes behind the last record');
    },
  };
}

/** The error of a delta that no encoder wrote. */
export function malformed(at: number | string, problem: string): PatchError {
  const place = typeof at === 'number' ? `byte ${at}` : at;
  return new PatchError('E_FORMAT', `registry delta, ${place}: ${problem}`, {
    help: 'the patch is damaged, or was made by a faulty program; get it again',
  });
}
