/** The hash in transaction logs: Marvin32 with a fixed seed (regf specification, "Log entries"). */

const seedHigh = 0x82ef_4d88;
const seedLow = 0x7a4e_55c5;

/** Both halves of the hash of `length` bytes, which must be a multiple of 4. */
export function marvin32(data: Buffer, from: number, length: number): { low: number; high: number } {
  let low = seedLow | 0;
  let high = seedHigh | 0;
  // One more word than the data has ends the message; another, empty one stirs it once more.
  for (let at = 0; at <= length + 4; at += 4) {
    const word = at < length ? data.readInt32LE(from + at) : at === length ? 0x80 : 0;
    low = (low + word) | 0;
    high ^= low;
    low = (rotate(low, 20) + high) | 0;
    high = rotate(high, 9) ^ low;
    low = (rotate(low, 27) + high) | 0;
    high = rotate(high, 19);
  }
  return { low: low >>> 0, high: high >>> 0 };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
