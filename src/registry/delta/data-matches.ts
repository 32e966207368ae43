/** Finds what two pieces of data have in common, in one pass and with one answer for one input. */

/** `length` bytes at `at` in the data after are those at `from` in the data before. */
export interface Match {
  readonly from: number;
  readonly at: number;
  readonly length: number;
}

/** Bytes of a block: what a match has at least, and how far the indexed places are from each other. */
const block = 16;
/** Slots of the index at most: 4 MiB. */
const mostSlots = 1 << 20;

/**
 * Matches in order, without overlaps. Every block of the data before is indexed; at each place of the data after, first
 * the place behind the last match is tried (an edit in place), then the index. Each byte is compared a bounded number
 * of times, whatever the data is.
 */
export function* findMatches(before: Uint8Array, after: Uint8Array): Generator<Match> {
  const index = indexOf(before);
  let done = 0;
  // What to add to a place in the data after for the one that continues the last match.
  let shift = 0;
  for (let at = 0; at + block <= after.length;) {
    const found = index[hashAt(after, at) & (index.length - 1)] ?? 0;
    const from = sameAt(before, at + shift, after, at) ? at + shift : (found - 1) * block;
    if (from < 0 || !sameAt(before, from, after, at)) {
      at++;
      continue;
    }
    let back = 0;
    while (at - back > done && from - back > 0 && before[from - back - 1] === after[at - back - 1]) back++;
    let length = block;
    while (at + length < after.length && from + length < before.length) {
      if (before[from + length] !== after[at + length]) break;
      length++;
    }
    yield { from: from - back, at: at - back, length: back + length };
    at += length;
    done = at;
    shift = from + length - at;
  }
}

/** Hash → number of the first block with it, from 1. */
function indexOf(data: Uint8Array): Int32Array {
  const blocks = Math.floor(data.length / block);
  let slots = 1 << 8;
  while (slots < blocks * 2 && slots < mostSlots) slots *= 2;
  const index = new Int32Array(slots);
  for (let number = 0; number < blocks; number++) {
    const slot = hashAt(data, number * block) & (slots - 1);
    if (index[slot] === 0) index[slot] = number + 1;
  }
  return index;
}

function hashAt(data: Uint8Array, at: number): number {
  let hash = 0;
  for (let next = at; next < at + block; next++) hash = Math.imul(hash ^ (data[next] ?? 0), 0x01000193);
  return hash ^ (hash >>> 15);
}

function sameAt(before: Uint8Array, from: number, after: Uint8Array, at: number): boolean {
  if (from < 0 || from + block > before.length) return false;
  for (let next = 0; next < block; next++) if (before[from + next] !== after[at + next]) return false;
  return true;
}
