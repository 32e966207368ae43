/** Hashes of contexts: the answer that assembly/hash.ts is held to (FORMAT §6.4.4). */

/** A hash of two numbers. */
export function mix(a: number, b: number): number {
  let x = Math.imul(a + 0x9e3779b9, 0x85ebca77) ^ Math.imul(b + 0x165667b1, 0xc2b2ae3d);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  return (x ^ (x >>> 13)) >>> 0;
}

/** Where the context `index` of a model looks, from its value. */
export function placeHash(value: number, index: number): number {
  let h = Math.imul(value, 0x85ebca77) + Math.imul(index, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
