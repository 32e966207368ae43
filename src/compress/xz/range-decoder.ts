/** The range decoder of LZMA (LZMA specification, "Range Decoder"). */
import { PatchError } from '../../errors.ts';

const half = 1 << 10; // a probability of 0.5 in 11 bits

/** `length` probabilities that know nothing yet. */
export function probabilities(length: number): Uint16Array {
  return new Uint16Array(length).fill(half);
}

/**
 * Reads bits from a chunk. `range` and `code` are 32-bit unsigned in the specification; here they are kept as signed
 * integers of the same bits, which the engine holds without allocating.
 */
export class RangeDecoder {
  #data: Uint8Array = new Uint8Array(0);
  #position = 0;
  #range = 0;
  #code = 0;

  /** Starts a chunk. E_FORMAT when it is too short or its first byte is not zero. */
  start(data: Uint8Array): void {
    if (data.length < 5 || data[0] !== 0) throw damaged();
    this.#data = data;
    this.#range = -1;
    this.#code = new DataView(data.buffer, data.byteOffset).getInt32(1);
    this.#position = 5;
  }

  /** E_FORMAT unless exactly the whole chunk was used. */
  finish(): void {
    this.#normalize();
    if (this.#position !== this.#data.length || this.#code !== 0) throw damaged();
  }

  /** One bit by the probability at `index`, which learns from it. */
  bit(model: Uint16Array, index: number): number {
    this.#normalize();
    const probability = model[index] ?? half;
    const bound = Math.imul(this.#range >>> 11, probability);
    if (this.#code >>> 0 < bound >>> 0) {
      this.#range = bound;
      model[index] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    this.#range = (this.#range - bound) | 0;
    this.#code = (this.#code - bound) | 0;
    model[index] = probability - (probability >> 5);
    return 1;
  }

  /** `count` bits through a binary tree of probabilities from `base`, the highest bit first. */
  tree(model: Uint16Array, base: number, count: number): number {
    let node = 1;
    for (let i = 0; i < count; i += 1) node = (node << 1) | this.bit(model, base + node);
    return node - (1 << count);
  }

  /** The same, the lowest bit first. */
  reverseTree(model: Uint16Array, base: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      const bit = this.bit(model, base + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** `count` bits of equal probability, the highest bit first. */
  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) {
      this.#normalize();
      this.#range >>>= 1;
      const below = this.#code >>> 0 < this.#range >>> 0;
      if (!below) this.#code = (this.#code - this.#range) | 0;
      value = (value << 1) | (below ? 0 : 1);
    }
    return value >>> 0;
  }

  #normalize(): void {
    if (this.#range >>> 24 !== 0) return;
    const next = this.#data[this.#position];
    if (next === undefined) throw damaged();
    this.#position += 1;
    this.#range <<= 8;
    this.#code = (this.#code << 8) | next;
  }
}

export function damaged(): PatchError {
  return new PatchError('E_FORMAT', 'the LZMA data is damaged');
}
