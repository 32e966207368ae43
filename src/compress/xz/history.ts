/** What an LZ77 decoder has written: the last bytes stay at hand as its dictionary. */
import { damaged } from './range-decoder.ts';

/** Called with the growth in bytes before memory is taken; throws when that is too much. */
export type Claim = (bytes: number) => void;

/**
 * One growing buffer. Output is appended to it, and its oldest part is dropped when there is more than the
 * dictionary needs. It never holds more than one and a half dictionaries, or one dictionary and one section.
 */
export class History {
  readonly #dictionary: number;
  readonly #claim: Claim;
  #data: Uint8Array = new Uint8Array(0);
  #start = 0; // of the dictionary: nothing before it may be copied
  #end = 0;

  constructor(dictionary: number, claim: Claim) {
    this.#dictionary = dictionary;
    this.#claim = claim;
  }

  /** Makes room for `length` more bytes, and gives the place where they start. */
  reserve(length: number): number {
    const most = this.#dictionary + Math.max(length, this.#dictionary >>> 1);
    if (this.#end + length > most) this.#drop(this.#end - Math.min(this.#end, this.#dictionary));
    const needed = this.#end + length;
    if (needed > this.#data.length) {
      const capacity = Math.min(most, Math.max(needed, 2 * this.#data.length, 1 << 12));
      this.#claim(capacity - this.#data.length);
      const larger = new Uint8Array(capacity);
      larger.set(this.#data.subarray(0, this.#end));
      this.#data = larger;
    }
    return this.#end;
  }

  #drop(count: number): void {
    this.#data.copyWithin(0, count, this.#end);
    this.#end -= count;
    this.#start = Math.max(0, this.#start - count);
  }

  /** How much was written since the beginning of the buffer; counts the bytes of the current section. */
  get end(): number {
    return this.#end;
  }

  /** Forgets the dictionary. */
  reset(): void {
    this.#start = this.#end;
  }

  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  put(byte: number): void {
    this.#data[this.#end] = byte;
    this.#end += 1;
  }

  append(bytes: Uint8Array): void {
    this.#data.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The byte `distance` bytes back, 1 being the last one. E_FORMAT when there is none. */
  back(distance: number): number {
    this.#assert(distance);
    return this.#data[this.#end - distance] ?? 0;
  }

  /** Repeats `length` bytes from `distance` bytes back, which may overlap what is being written. */
  copy(distance: number, length: number): void {
    this.#assert(distance);
    const data = this.#data;
    let to = this.#end;
    for (let from = to - distance, end = to + length; to < end; from += 1, to += 1)
      data[to] = data[from] ?? 0;
    this.#end = to;
  }

  #assert(distance: number): void {
    if (distance > this.#end - this.#start || distance > this.#dictionary) throw damaged();
  }

  /** The bytes from `start`; they stay valid until the next `reserve`. */
  since(start: number): Uint8Array {
    return this.#data.subarray(start, this.#end);
  }
}
