/** Where short runs of bytes are in the reference: the answer that assembly/seeds.ts is held to. */

/** No place. */
export const nowhere = -1;

/** How many of `most` bytes from two places on are equal. */
export function forward(a: Uint8Array, from: number, b: Uint8Array, at: number, most: number): number {
  let equal = 0;
  while (equal < most && a[from + equal] === b[at + equal]) equal++;
  return equal;
}

/** The same before two places. */
export function backward(a: Uint8Array, from: number, b: Uint8Array, at: number, most: number): number {
  let equal = 0;
  while (equal < most && a[from - 1 - equal] === b[at - 1 - equal]) equal++;
  return equal;
}

const factors = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];
const stir = 0x2c1b3c6d;

/** The first `bits` bits of a hash of so many bytes, 12 or 16: the index of its head. */
export function seedHash(bytes: Uint8Array, at: number, length: 12 | 16, bits: number): number {
  const product = (word: number): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at + word * 4, 4);
    return Math.imul(view.getUint32(0, true), factors[word] ?? 0);
  };
  const stirred = (hash: number): number => Math.imul(hash ^ (hash >>> 15), stir);
  let hash = product(0) ^ product(1);
  for (let word = 2; word * 4 < length; word++) hash = stirred(hash) ^ product(word);
  return stirred(hash) >>> (32 - bits);
}

/** For each hash of 16 bytes the first place that has it, of those at every `step` bytes. */
export function indexSeeds(reference: Uint8Array, bits: number, step: number): Int32Array {
  const heads = new Int32Array(2 ** bits).fill(nowhere);
  for (let at = 0; at + 16 <= reference.length; at += step) {
    const hash = seedHash(reference, at, 16, bits);
    if (heads[hash] === nowhere) heads[hash] = at;
  }
  return heads;
}

/** Places with one hash of 12 bytes, each leading to the one before. */
export interface Chains {
  /** Adds a place; places are added in order. */
  link(at: number): void;
  /** The last place added whose hash is that of the bytes at `at`, the one before it, and so on. */
  before(at: number): Generator<number>;
}

export function createChains(bytes: Uint8Array, bits: number): Chains {
  const heads = new Int32Array(2 ** bits).fill(nowhere);
  const links = new Int32Array(bytes.length);
  return {
    link(at) {
      const hash = seedHash(bytes, at, 12, bits);
      links[at] = heads[hash] ?? nowhere;
      heads[hash] = at;
    },
    *before(at) {
      let place = heads[seedHash(bytes, at, 12, bits)] ?? nowhere;
      for (; place !== nowhere; place = links[place] ?? nowhere) yield place;
    },
  };
}
