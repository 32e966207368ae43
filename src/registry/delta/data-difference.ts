/** What makes one large value's data of another (FORMAT §6.3.1): inserted bytes, and copies from the data before. */
import { type Digest, digestOf } from '../../bytes.ts';
import { createByteReader, createByteWriter, malformed } from './delta-bytes.ts';
import { findMatches } from './data-matches.ts';
import { equalData } from '../equal-data.ts';

/** Data of up to this many bytes is always written whole. */
export const largeData = 4096;

export interface DataDifference {
  /** The data that it is against. */
  readonly before: { readonly size: number; readonly digest: Digest };
  /** Bytes of the data that it makes. */
  readonly size: number;
  /** The encoded steps. */
  readonly steps: Uint8Array;
}

/** The difference of two large pieces of data, or null where it would not be smaller than the data after. */
export function createDifference(before: Uint8Array, after: Uint8Array): DataDifference | null {
  if (before.length <= largeData || after.length <= largeData) return null;
  const writer = createByteWriter();
  let written = 0;
  let copied = 0;
  const insertTo = (end: number): void => {
    if (end === written) return;
    writer.number((end - written) * 2);
    writer.raw(after.subarray(written, end));
  };
  for (const { from, at, length } of findMatches(before, after)) {
    insertTo(at);
    writer.number(length * 2 + 1);
    writer.number(from < copied ? (copied - from) * 2 - 1 : (from - copied) * 2);
    written = at + length;
    copied = from + length;
  }
  insertTo(after.length);
  const steps = writer.bytes();
  if (steps.length >= after.length) return null;
  const difference = {
    before: { size: before.length, digest: digestOf(before) },
    size: after.length,
    steps,
  };
  // Law 1 does not rest on the search: what does not come back is written whole.
  return equalData(resolve(before, difference), after) ? difference : null;
}

/** The data after, or null where `before` is not what the difference is against. */
export function applyDifference(before: Uint8Array, difference: DataDifference): Uint8Array | null {
  const { size, digest } = difference.before;
  return before.length === size && digestOf(before) === digest ? resolve(before, difference) : null;
}

/** Refuses (E_FORMAT) steps that would leave the data before or after, so that applying them cannot. */
export function checkDifference(difference: DataDifference): void {
  walk(difference, null, null);
}

function resolve(before: Uint8Array, difference: DataDifference): Uint8Array {
  const after = new Uint8Array(difference.size);
  walk(difference, before, after);
  return after;
}

function walk(difference: DataDifference, before: Uint8Array | null, after: Uint8Array | null): void {
  const { steps, size } = difference;
  const reader = createByteReader(steps);
  let at = 0;
  let copied = 0;
  let inserted = false;
  while (at < size) {
    const step = reader.number('a step of a difference');
    const length = Math.floor(step / 2);
    if (length === 0 || length > size - at) throw malformed('difference', 'a step has a wrong length');
    if (step % 2 === 0) {
      if (inserted) throw malformed('difference', 'it inserts twice in a row');
      const bytes = reader.raw('inserted data', length);
      after?.set(bytes, at);
    } else {
      const way = reader.number('a place to copy from');
      const from = copied + (way % 2 === 0 ? way / 2 : -(way + 1) / 2);
      if (from < 0 || length > difference.before.size - from)
        throw malformed('difference', 'it copies from outside of the data before');
      if (before !== null) after?.set(before.subarray(from, from + length), at);
      copied = from + length;
    }
    inserted = step % 2 === 0;
    at += length;
  }
  reader.end();
}
