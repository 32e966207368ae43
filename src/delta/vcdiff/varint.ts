/** Writes the integers of RFC 3284 §2 (cursor.ts reads them). */

/** `value` is a safe integer and not negative. */
export function varint(value: number): Uint8Array {
  const digits = [value % 0x80];
  for (let rest = Math.floor(value / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    digits.unshift((rest % 0x80) | 0x80);
  }
  return Uint8Array.from(digits);
}
