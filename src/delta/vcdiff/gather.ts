/** The copies out of a window's segment, done all at once in the order of their addresses: each part is read once. */
import { type Bytes } from '../../bytes.ts';

/** Sources are grouped by blocks of this many bytes; copies at least as long are read for themselves. */
const blockBits = 16;
const blockSize = 1 << blockBits;
/** How much of one long copy is read at a time. */
const longRead = 1 << 20;
/** Where reading a whole span would take so many times more than its copies need, they are read one by one. */
const waste = 16;

/** Collects copies; room for `capacity` of them, 16 bytes each. */
export class Gather {
  readonly #from: Float64Array;
  readonly #to: Uint32Array;
  readonly #size: Uint32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#from = new Float64Array(capacity);
    this.#to = new Uint32Array(capacity);
    this.#size = new Uint32Array(capacity);
  }

  add(from: number, to: number, size: number): void {
    this.#from[this.#count] = from;
    this.#to[this.#count] = to;
    this.#size[this.#count] = size;
    this.#count += 1;
  }

  /** Reads what was collected from `segment` into `target`. */
  async run(segment: Bytes, target: Uint8Array): Promise<void> {
    const short: number[][] = [];
    for (let i = 0; i < this.#count; i += 1) {
      const size = this.#size[i] ?? 0;
      if (size >= blockSize) await this.#long(i, segment, target);
      else if (size > 0) (short[Math.floor((this.#from[i] ?? 0) / blockSize)] ??= []).push(i);
    }
    for (const block of Object.values(short)) await this.#block(block, segment, target);
  }

  async #long(i: number, segment: Bytes, target: Uint8Array): Promise<void> {
    const [from = 0, to = 0, size = 0] = [this.#from[i], this.#to[i], this.#size[i]];
    for (let done = 0; done < size; done += longRead) {
      target.set(await segment.read(from + done, Math.min(longRead, size - done)), to + done);
    }
  }

  async #block(copies: readonly number[], segment: Bytes, target: Uint8Array): Promise<void> {
    let first = Infinity;
    let last = 0;
    let needed = 0;
    for (const i of copies) {
      const [from = 0, size = 0] = [this.#from[i], this.#size[i]];
      first = Math.min(first, from);
      last = Math.max(last, from + size);
      needed += size;
    }
    const sparse = last - first > waste * needed && last - first > 4096;
    const span = sparse ? null : await segment.read(first, last - first);
    for (const i of copies) {
      const [from = 0, to = 0, size = 0] = [this.#from[i], this.#to[i], this.#size[i]];
      target.set(span?.subarray(from - first, from - first + size) ?? (await segment.read(from, size)), to);
    }
  }
}
