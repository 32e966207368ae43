/** Hashes of contexts (FORMAT §6.4.4). */

/** A hash of two numbers; the order matters. */
@inline
export function mix(a: u32, b: u32): u32 {
  let x: u32 = ((a + 0x9e3779b9) * 0x85ebca77) ^ ((b + 0x165667b1) * 0xc2b2ae3d);
  x = (x ^ (x >>> 15)) * 0x2c1b3c6d;
  return x ^ (x >>> 13);
}
