/** Where short runs of bytes, the seeds, are in the reference. */

/** Compares eight bytes at a time. Gives how many of `most` bytes are equal. */
@inline
export function forward(a: usize, b: usize, most: i32): i32 {
  let n: i32 = 0;
  while (n + 8 <= most) {
    const difference = load<u64>(a + n) ^ load<u64>(b + n);
    if (difference) return n + (<i32>ctz(difference) >> 3);
    n += 8;
  }
  while (n < most && load<u8>(a + n) == load<u8>(b + n)) n++;
  return n;
}

/** The same before `a` and `b`. */
@inline
export function backward(a: usize, b: usize, most: i32): i32 {
  let n: i32 = 0;
  while (n < most && load<u8>(a - n - 1) == load<u8>(b - n - 1)) n++;
  return n;
}

/** A hash of 16 bytes. */
@inline
export function hash16(at: usize): u32 {
  let h: u32 = (load<u32>(at) * 0x9e3779b1) ^ (load<u32>(at, 4) * 0x85ebca77);
  h = ((h ^ (h >>> 15)) * 0x2c1b3c6d) ^ (load<u32>(at, 8) * 0xc2b2ae3d);
  h = ((h ^ (h >>> 15)) * 0x2c1b3c6d) ^ (load<u32>(at, 12) * 0x27d4eb2f);
  return (h ^ (h >>> 15)) * 0x2c1b3c6d;
}

/** A hash of 12 bytes. */
@inline
export function hash12(at: usize): u32 {
  let h: u32 = (load<u32>(at) * 0x9e3779b1) ^ (load<u32>(at, 4) * 0x85ebca77);
  h = ((h ^ (h >>> 15)) * 0x2c1b3c6d) ^ (load<u32>(at, 8) * 0xc2b2ae3d);
  return (h ^ (h >>> 15)) * 0x2c1b3c6d;
}

/** How many places are done in one call: an engine makes the code of a function faster where it is called again, not while it runs. */
const run: i32 = 16384;

/** Keeps the first place of each hash of 16 bytes at every `step` bytes; `heads` is i32[2^bits]. */
export function indexSeeds(reference: usize, size: i32, heads: usize, bits: i32, step: i32): void {
  memory.fill(heads, 0xff, (<usize>4) << bits);
  for (let i: i32 = ((size - 16) / step) * step; i >= 0; i -= run * step) {
    indexRun(reference, i, max(0, i - (run - 1) * step), heads, 32 - bits, step);
  }
}

/** From the last place back to the first. */
function indexRun(reference: usize, last: i32, first: i32, heads: usize, shift: u32, step: i32): void {
  for (let i = last; i >= first; i -= step) {
    store<i32>(heads + (<usize>(hash16(reference + i) >>> shift) << 2), i);
  }
}

/** Chains all places with the same hash of 12 bytes, the last one first; `links` is i32[size]. */
export function chainSeeds(reference: usize, size: i32, heads: usize, links: usize, bits: i32): void {
  memory.fill(heads, 0xff, (<usize>4) << bits);
  for (let i = 0; i + 12 <= size; i += run) chainRun(reference, i, min(i + run, size - 11), heads, links, bits);
}

function chainRun(reference: usize, first: i32, end: i32, heads: usize, links: usize, bits: i32): void {
  for (let i = first; i < end; i++) link(reference, i, heads, links, bits);
}

@inline
export function link(bytes: usize, at: i32, heads: usize, links: usize, bits: i32): void {
  const head = heads + (<usize>(hash12(bytes + at) >>> (32 - bits)) << 2);
  store<i32>(links + (<usize>at << 2), load<i32>(head));
  store<i32>(head, at);
}

/** Takes the places from `start` to `end`, whichever of them are in chains, out of them again; none behind them is in any. */
export function forget(bytes: usize, start: i32, end: i32, heads: usize, links: usize, bits: i32): void {
  for (let at = start; at + 12 <= end; at++) {
    const head = heads + (<usize>(hash12(bytes + at) >>> (32 - bits)) << 2);
    while (load<i32>(head) >= start) store<i32>(head, load<i32>(links + (<usize>load<i32>(head) << 2)));
  }
}
