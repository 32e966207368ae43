/** Content-defined sample points: places that depend on the bytes before them alone, so that equal content is sampled
 * at equal places wherever it stands. */

/** How many bytes decide a sample. */
export const sampleLength = 32;

/** Fixed random numbers, one for each byte value (splitmix32 of the value). */
export const gear = Uint32Array.from({ length: 256 }, (_, i) => mix(Math.imul(i + 1, 0x9e3779b9)));

export interface Samples {
  readonly count: number;
  /** A hash of the 32 bytes before each place. */
  readonly keys: Uint32Array;
  /** The places, in bytes from the beginning of the data, ascending. */
  readonly places: Uint32Array;
}

/**
 * One sample in 2^`bits` bytes on average, and at most one in a quarter of that. The hash is a gear hash: each byte
 * is shifted out after 32 steps, and the highest bits depend on all 32.
 */
export function sample(data: Uint8Array, bits: number): Samples {
  const mask = -1 << (32 - bits);
  const gap = 1 << Math.max(0, bits - 2);
  const most = Math.ceil(data.length / gap);
  const keys = new Uint32Array(most);
  const places = new Uint32Array(most);
  let count = 0;
  let hash = 0;
  let next = sampleLength - 1;
  for (let i = 0; i < data.length; i += 1) {
    hash = ((hash << 1) + (gear[data[i] ?? 0] ?? 0)) | 0;
    if ((hash & mask) !== 0 || i < next) continue;
    keys[count] = keyOf(data, i + 1);
    places[count] = i + 1;
    count += 1;
    next = i + gap;
  }
  return { count, keys, places };
}

/** FNV-1a of the bytes before `end`, mixed. */
function keyOf(data: Uint8Array, end: number): number {
  let key = 0x811c9dc5;
  for (let i = end - sampleLength; i < end; i += 1) key = Math.imul(key ^ (data[i] ?? 0), 0x01000193);
  return mix(key);
}

function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
