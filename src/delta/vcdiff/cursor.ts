/** Reads a piece of a delta from front to back: bytes, and the integers of RFC 3284 §2. */
import { malformed } from './malformed.ts';

export class Cursor {
  readonly #data: Uint8Array;
  #position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  /** How many bytes were read. */
  get position(): number {
    return this.#position;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#data.length;
  }

  /** E_FORMAT at the end, like everything below. */
  byte(): number {
    const byte = this.#data[this.#position];
    if (byte === undefined) throw malformed('it ends too early');
    this.#position += 1;
    return byte;
  }

  uint32(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0;
  }

  /** RFC 3284 §2: base 128, the most significant digit first, the high bit says that more follow. */
  varint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (;;) {
      const byte = this.byte();
      value = value * 0x80 + (byte & 0x7f);
      if (value > Number.MAX_SAFE_INTEGER) throw malformed('a number is too large');
      if (byte < 0x80) return value;
    }
  }
}
