/** The old bytes of a block's covers, where the kernels want them: in place, and what stands behind each cover apart. */
import { longestTail, tailHead } from './limits.ts';
import type { Records } from './records.ts';

/** Bytes of the reference for the gap behind a cover: enough to see where the literals there lead. FORMAT §6.4.2. */
export function tailLength(
  records: Records,
  index: number,
  size: number,
  reference: number,
  most: number,
): number {
  const end = records.place(index) + records.length(index);
  const next = index + 1 < records.count ? records.place(index + 1) : size;
  if (next === end || most === 0) return 0;
  const left = reference - records.source(index) - records.length(index);
  return Math.min(most, longestTail, 2 * (next - end) + 16, left);
}

/** Size of all tails with their heads. */
export function sizeOfTails(records: Records, size: number, reference: number, most: number): number {
  let total = 0;
  for (let i = 0; i < records.count; i++) {
    if (records.source(i) < reference) total += tailHead + tailLength(records, i, size, reference, most);
  }
  return total;
}

/**
 * Calls `fetch` for each run of the reference that a cover and its tail take, in order, with the places where they go. Writes the
 * heads of the tails.
 */
export function layOut(
  records: Records,
  size: number,
  reference: number,
  most: number,
  tails: Uint8Array,
  fetch: (source: number, place: number, length: number, tailAt: number, tail: number) => void,
): void {
  const view = new DataView(tails.buffer, tails.byteOffset, tails.byteLength);
  let at = 0;
  for (let i = 0; i < records.count; i++) {
    const source = records.source(i);
    if (source >= reference) continue;
    const tail = tailLength(records, i, size, reference, most);
    view.setUint32(at, tail, true);
    fetch(source, records.place(i), records.length(i), at + tailHead, tail);
    at += tailHead + tail;
  }
}
