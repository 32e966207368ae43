/** The probabilities of 16 symbols (FORMAT §6.4.4), in 1/65,536: u16[16], and behind them where each begins, u16[17]. */

/** In bytes; the first of what begins is never written, and has to be 0. */
export const sharesSize: usize = 96;

/** What is a power of two by its logarithm in 1/256, straight between whole ones. */
@inline
function power(logarithm: v128): v128 {
  return i32x4.add(i32x4.shl(logarithm, 15), i32x4.splat(127 << 23));
}

/** The nearest whole number, the even one of two, of a number below 2^22. */
@inline
function whole(x: v128): v128 {
  return i32x4.sub(f32x4.add(x, f32x4.splat(8388608.0)), i32x4.splat(0x4b000000));
}

/** Each of eight numbers and all before it. */
@inline
function sumsOf(x: v128): v128 {
  const zero = i16x8.splat(0);
  x = i16x8.add(x, i8x16.shuffle(zero, x, 0, 1, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
  x = i16x8.add(x, i8x16.shuffle(zero, x, 0, 1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  return i16x8.add(x, i8x16.shuffle(zero, x, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
}

@inline
function sumOfFloats(x: v128): f32 {
  const y = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(y, 0) + f32x4.extract_lane(y, 1);
}

/** Makes the shares of what the logarithms of the first and the last eight symbols are, and gives where they begin: u16[17]. */
@inline
export function setShares(shares: usize, s: v128, t: v128): usize {
  const least = i16x8.splat(-7680);
  const most = i16x8.splat(7680);
  s = i16x8.max_s(least, i16x8.min_s(most, s));
  t = i16x8.max_s(least, i16x8.min_s(most, t));
  const p0 = power(i32x4.extend_low_i16x8_s(s));
  const p1 = power(i32x4.extend_high_i16x8_s(s));
  const p2 = power(i32x4.extend_low_i16x8_s(t));
  const p3 = power(i32x4.extend_high_i16x8_s(t));
  const scale = f32x4.splat(<f32>65280.0 / sumOfFloats(f32x4.add(f32x4.add(p0, p1), f32x4.add(p2, p3))));
  const floor = i16x8.splat(8);
  const p = i16x8.add(i16x8.narrow_i32x4_u(whole(f32x4.mul(p0, scale)), whole(f32x4.mul(p1, scale))), floor);
  const q = i16x8.add(i16x8.narrow_i32x4_u(whole(f32x4.mul(p2, scale)), whole(f32x4.mul(p3, scale))), floor);
  const sums = shares + 32;
  const x = sumsOf(p);
  v128.store(sums, x, 2);
  v128.store(sums, i16x8.add(sumsOf(q), i8x16.swizzle(x, i16x8.splat(0x0f0e))), 18);
  v128.store(shares, p);
  v128.store(shares, q, 16);
  return sums;
}
