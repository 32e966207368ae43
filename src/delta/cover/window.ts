/** Which parts of a reference a block is matched against. */
import { randomUUID } from 'node:crypto';
import { type Bytes, readInto } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { type ReferenceIndex, indexReference } from '../xdelta3/reference-index.ts';
import { hitsOf } from '../xdelta3/segment.ts';
import type { Range, Window } from './match-block.ts';

/** Parts are chosen in units of this. */
const unit = 1 << 20;
const piece = 1 << 18;

/** Gives the window for a block at `offset` of the target; a whole reference is read once. */
export interface WindowSource {
  windowFor(block: Uint8Array, offset: number): Promise<Window>;
}

/** Windows of at most `most` bytes. Shared memory, so that several threads read one copy. */
export function windowsOf(reference: Bytes, most: number, signal: AbortSignal): WindowSource {
  let whole: Promise<Window> | undefined;
  let index: Promise<ReferenceIndex> | undefined;
  return {
    windowFor(block, offset) {
      if (reference.size <= most)
        return (whole ??= load(reference, [{ start: 0, at: 0, size: reference.size }], signal));
      index ??= indexReference(reference, signal);
      return index.then((known) =>
        load(reference, alike(known, block, offset, reference.size, most), signal),
      );
    },
  };
}

/** The units with the most samples of the block, and those around its own place. */
function alike(
  index: ReferenceIndex,
  block: Uint8Array,
  offset: number,
  size: number,
  most: number,
): Range[] {
  const votes = new Map<number, number>();
  const vote = (at: number, weight: number): void => {
    const key = Math.floor(at / unit);
    if (at >= 0 && at < size) votes.set(key, (votes.get(key) ?? 0) + weight);
  };
  let expected = offset;
  for (let at = 0; at < block.length; at += piece) {
    const part = block.subarray(at, at + piece);
    const hits = hitsOf(part, index, expected);
    for (const { reference } of hits) vote(reference, 1);
    const last = hits.at(-1);
    expected = last ? last.reference - last.target + part.length : expected + part.length;
    vote(offset + at, 0.5);
  }
  const wanted = new Set<number>();
  const room = Math.floor(most / unit);
  const ranked = [...votes].sort(([a, x], [b, y]) => y - x || a - b);
  for (const [key] of ranked)
    for (const near of [key, key - 1, key + 1]) if (wanted.size < room) wanted.add(near);
  const ranges: Range[] = [];
  let at = 0;
  for (const key of [...wanted].sort((a, b) => a - b)) {
    const start = key * unit;
    const length = Math.min(unit, size - start);
    if (start < 0 || length <= 0) continue;
    const last = ranges.at(-1);
    if (last && last.start + last.size === start)
      ranges[ranges.length - 1] = { ...last, size: last.size + length };
    else ranges.push({ start, at, size: length });
    at += length;
  }
  return ranges;
}

async function load(reference: Bytes, ranges: readonly Range[], signal: AbortSignal): Promise<Window> {
  const last = ranges.at(-1);
  const bytes = new Uint8Array(new SharedArrayBuffer(last ? last.at + last.size : 0));
  for (const { start, at, size } of ranges) {
    for (let done = 0; done < size; done += unit) {
      throwIfCancelled(signal);
      const length = Math.min(unit, size - done);
      await readInto(reference, start + done, bytes.subarray(at + done, at + done + length));
    }
  }
  return { key: randomUUID(), bytes, ranges, reference: reference.size };
}
