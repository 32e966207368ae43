/** A copy inside of the target window (RFC 3284 §3: it may read what it writes, and so repeats a pattern). */

/** Below this a loop beats a call. In bytes. */
const tiny = 16;

/** Copies `size` bytes from `from` to `to`, the later one. */
export function copyForward(data: Uint8Array, from: number, to: number, size: number): void {
  if (size <= tiny) {
    for (let i = 0; i < size; i += 1) data[to + i] = data[from + i] ?? 0;
    return;
  }
  // What is there already doubles with each step, so a long run takes few of them.
  const end = to + size;
  for (let at = to; at < end;) {
    const step = Math.min(at - from, end - at);
    data.copyWithin(at, from, from + step);
    at += step;
  }
}
