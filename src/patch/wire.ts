/** Numbers, bytes and texts one behind the other, as the index has them (FORMAT §5.1). */
import type { Digest } from '../bytes.ts';
import { malformed } from './schema.ts';

export interface WireWriter {
  /** From 0 to 2^53 − 1. */
  number(value: number): void;
  bytes(data: Uint8Array): void;
  /** UTF-8, behind its length in bytes. */
  text(value: string): void;
  /** The first `length` bytes of a digest. */
  digest(value: Digest, length: number): void;
  finish(): Uint8Array;
}

export interface WireReader {
  number(): number;
  bytes(length: number): Uint8Array;
  text(): string;
  digest(length: number): Digest;
  /** What stands before the next `byte`, which is passed over. */
  until(byte: number): Uint8Array;
  /** How many bytes are left. */
  left(): number;
}

export function wireWriter(): WireWriter {
  let data = Buffer.alloc(4096);
  let at = 0;
  const reserve = (length: number): void => {
    if (at + length <= data.length) return;
    const larger = Buffer.alloc(Math.max(data.length * 2, at + length));
    larger.set(data.subarray(0, at));
    data = larger;
  };
  const writer: WireWriter = {
    number(value) {
      reserve(8);
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) data[at++] = (rest % 128) + 128;
      data[at++] = rest;
    },
    bytes(more) {
      reserve(more.length);
      data.set(more, at);
      at += more.length;
    },
    text(value) {
      const encoded = Buffer.from(value);
      writer.number(encoded.length);
      writer.bytes(encoded);
    },
    digest(value, length) {
      writer.bytes(Buffer.from(value.slice('sha256:'.length), 'hex').subarray(0, length));
    },
    finish: () => data.subarray(0, at),
  };
  return writer;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Every method raises E_FORMAT, with `what` as the subject, where the data ends too early or is in no such form. */
export function wireReader(data: Uint8Array, what: string): WireReader {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (length > data.length - at) throw malformed(what, 'it is cut off');
    at += length;
    return data.subarray(at - length, at);
  };
  const reader: WireReader = {
    number() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = take(1)[0] ?? 0;
        if (byte === 0 && scale > 1) throw malformed(what, 'a number is not in its shortest form');
        value += (byte & 127) * scale;
        if (scale > 2 ** 49 || value > Number.MAX_SAFE_INTEGER)
          throw malformed(what, 'a number is too large');
        if (byte < 128) return value;
      }
    },
    bytes: take,
    text() {
      const encoded = take(reader.number());
      try {
        return decoder.decode(encoded);
      } catch (cause) {
        throw Object.assign(malformed(what, 'a text is not valid UTF-8'), { cause });
      }
    },
    digest: (length) => `sha256:${Buffer.from(take(length)).toString('hex')}`,
    until(byte) {
      const end = data.indexOf(byte, at);
      if (end < 0) throw malformed(what, 'it is cut off');
      const found = take(end - at);
      at++;
      return found;
    },
    left: () => data.length - at,
  };
  return reader;
}
