/** The checksum that xdelta3 writes into windows (RFC 1950 §8.2). */

const prime = 65521;
/** So many bytes can be summed up before the sums must be reduced to stay below 2^31. */
const run = 2048;

export function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let start = 0; start < data.length; start += run) {
    const end = Math.min(start + run, data.length);
    for (let i = start; i < end; i += 1) {
      low += data[i] ?? 0;
      high += low;
    }
    low %= prime;
    high %= prime;
  }
  return high * 0x10000 + low;
}
