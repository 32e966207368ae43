/** Whether bytes are text, for which other covers and contexts are better than for programs. */

const sampled = 1 << 16;

/** Looks at the beginning, the middle and the end: text has no zero bytes and hardly any control characters. */
export function isText(bytes: Uint8Array): boolean {
  const middle = (bytes.length - sampled) >> 1;
  const starts = bytes.length <= 3 * sampled ? [0] : [0, middle, bytes.length - sampled];
  const length = bytes.length <= 3 * sampled ? bytes.length : sampled;
  let odd = 0;
  for (const start of starts) {
    for (let i = start; i < start + length; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === 0) return false;
      if ((byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127 || byte > 0xf7) odd++;
    }
  }
  return odd * 100 <= starts.length * length;
}
