/** Hashes of contexts (FORMAT §6.4.4). */

/** A hash of two numbers; the order matters. */
@inline
export function mix(a: u32, b: u32): u32 {
  let x: u32 = ((a + 0x9e3779b9) * 0x85ebca77) ^ ((b + 0x165667b1) * 0xc2b2ae3d);
  x = (x ^ (x >>> 15)) * 0x2c1b3c6d;
  return x ^ (x >>> 13);
}

/** The numbers of the first four contexts, times a constant, and what is added for the next four. */
export const firstSteps = i32x4(0, 0x27d4eb2f, 0x4fa9d65e, 0x777ec18d);
export const nextSteps = i32x4(0x9f53acbc, 0x9f53acbc, 0x9f53acbc, 0x9f53acbc);

/** Where four contexts look, by their values. */
@inline
export function placesOf(values: v128, steps: v128): v128 {
  let h = i32x4.add(i32x4.mul(values, i32x4.splat(0x85ebca77)), steps);
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(0x2c1b3c6d));
  return v128.xor(h, i32x4.shr_u(h, 13));
}
