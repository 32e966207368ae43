/**
 * The tables of the models (FORMAT §6.4.4). They decide the bytes of a delta, so they are made with the four basic operations
 * alone: what Math.log and Math.exp give may differ between engines.
 */

/** log2 of e, and e, to the last bit of a double. */
const ln2 = 0.6931471805599453;

/** The natural logarithm of a number from 2^-20 to 2^20. */
export function logarithm(x: number): number {
  let exponent = 0;
  let mantissa = x;
  for (; mantissa > 1.5; mantissa /= 2) exponent++;
  for (; mantissa < 0.75; mantissa *= 2) exponent--;
  const t = (mantissa - 1) / (mantissa + 1);
  let term = t;
  let sum = 0;
  for (let n = 1; n < 40; n += 2) {
    sum += term / n;
    term *= t * t;
  }
  return 2 * sum + exponent * ln2;
}

/** e to the power of a number from -20 to 20. */
export function exponential(x: number): number {
  const part = x / 1024;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 12; n++) {
    term = (term * part) / n;
    sum += term;
  }
  let result = sum;
  for (let doubling = 0; doubling < 10; doubling++) result *= result;
  return result;
}

/** Logistic values of counters, weighed by how often they were used: `[uses << 8 | probability >> 4]`. */
export function stretchTable(): Float32Array {
  return Float32Array.from({ length: 16 * 256 }, (_, index) => {
    const uses = index >> 8;
    const p = ((index & 255) + 0.5) / 256;
    return logarithm(p / (1 - p)) * (uses / (uses + 0.9));
  });
}

/** Probabilities in 1/65,536 of logistic values from -12 in steps of 1/170. */
export function squashTable(): Uint16Array {
  return Uint16Array.from({ length: 4096 }, (_, index) => {
    const logistic = (index - 2048 + 0.5) / 170;
    return Math.max(24, Math.min(65_512, Math.round(65_536 / (1 + exponential(-logistic)))));
  });
}

/** How far counters move, in 1/256, by how often they were used. */
export function rateTable(): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, uses) => Math.floor(256 / (uses + 1.5)));
}

/** How often lines of 16 symbols were used at most, as far as they tell. */
export const mostUses = 12;

/** How far probabilities of symbols move by how often their line was used. */
const movement = (uses: number): number => 1 / (uses + 1.3);

/** How much a line counts, in 1/4,096, by how often it was used. */
export function trustTable(): Uint16Array {
  return Uint16Array.from({ length: 16 }, (_, uses) => Math.floor((4096 * uses) / (uses + 0.1)));
}

/** What the value of a symbol loses when another one comes, by how often the line was used; a multiple of 16. */
export function lossTable(): Int16Array {
  return Int16Array.from(
    { length: 16 },
    (_, uses) => Math.round((logarithm(1 - movement(uses)) / ln2) * 128) * 16,
  );
}

/** What the value of a symbol becomes when it comes, a multiple of 16: `[uses << 9 | (value + 24,576) >> 6]`. */
export function gainTable(): Int16Array {
  return Int16Array.from({ length: 16 * 512 }, (_, index) => {
    const uses = index >> 9;
    const before = straightPower(((index & 511) + 0.5) / 32 - 16);
    const after = before + (1 - before) * movement(uses);
    return Math.floor(Math.min(3.999, straightLogarithm(after) + 4) * 128) * 16;
  });
}

/** A power of two, straight between those of whole numbers. */
function straightPower(exponent: number): number {
  const below = Math.floor(exponent);
  let power = 1 + exponent - below;
  for (let n = below; n < 0; n++) power /= 2;
  return power;
}

/** Its inverse, for numbers up to 1. */
function straightLogarithm(power: number): number {
  let [exponent, mantissa] = [0, power];
  for (; mantissa < 1; mantissa *= 2) exponent--;
  return exponent + mantissa - 1;
}
