/** Cuts the target into windows, and says for each where in the reference to look. */
import { type Bytes } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { largestCopy, margin, segmentLength, windowLength } from './limits.ts';
import { type ReferenceIndex, indexReference } from './reference-index.ts';
import { type Hit, hitsOf, segmentStart, vote } from './segment.ts';
import { cutOf } from './split.ts';

/** One window: a plain copy from the reference, or bytes to be coded against the segment at `position`. */
export type Step =
  | { readonly kind: 'copy'; readonly position: number; readonly length: number }
  | {
      readonly kind: 'code';
      readonly target: Uint8Array;
      readonly position: number;
      readonly length: number;
    };

/**
 * Goes through the target once, in order; each step depends on the steps before it and on nothing else. The
 * reference is indexed at the first window that does not simply go on where the last one ended.
 */
export async function* plan(
  reference: Bytes,
  target: Bytes,
  signal: AbortSignal,
): AsyncGenerator<Step, void> {
  let index: ReferenceIndex | undefined;
  let shift = 0; // what stood at x in the reference now stands at x - shift
  let copied: { position: number; length: number } | null = null;

  for (let offset = 0; offset < target.size; offset += windowLength) {
    throwIfCancelled(signal);
    const window = await target.read(offset, Math.min(windowLength, target.size - offset));
    if (await stands(window, reference, offset + shift)) {
      if (copied !== null && copied.length + window.length <= largestCopy) {
        copied.length += window.length; // a shift changes only after a coded window
        continue;
      }
      if (copied !== null) yield { kind: 'copy', ...copied };
      copied = { position: offset + shift, length: window.length };
      continue;
    }
    if (copied !== null) yield { kind: 'copy', ...copied };
    copied = null;
    if (reference.size <= segmentLength) {
      yield { kind: 'code', target: window, position: 0, length: reference.size };
      continue;
    }
    index ??= await indexReference(reference, signal);
    const hits = hitsOf(window, index, offset + shift);
    yield* codeSteps(window, hits, 2 ** index.bits, offset + shift, reference.size);
    const last = hits.at(-1);
    if (last !== undefined) shift = last.reference - (offset + last.target);
  }
  if (copied !== null) yield { kind: 'copy', ...copied };
}

/** Whether the reference has exactly these bytes at `position`. */
async function stands(window: Uint8Array, reference: Bytes, position: number): Promise<boolean> {
  if (position < 0 || position + window.length > reference.size) return false;
  return Buffer.compare(window, await reference.read(position, window.length)) === 0;
}

/** One step, or several where the parts of the window come from different places. `expected` stands in for hits. */
function* codeSteps(
  window: Uint8Array,
  hits: readonly Hit[],
  sampleDistance: number,
  expected: number,
  referenceSize: number,
): Generator<Step> {
  const middle = expected + (window.length >>> 1);
  const best = vote(hits, segmentLength, middle);
  const cut = cutOf(hits, window.length, best.count, middle);
  if (cut !== null) {
    const { at } = cut;
    const after = hits.slice(cut.hits).map((hit) => ({ ...hit, target: hit.target - at }));
    yield* codeSteps(
      window.subarray(0, at),
      hits.slice(0, cut.hits),
      sampleDistance,
      expected,
      referenceSize,
    );
    yield* codeSteps(window.subarray(at), after, sampleDistance, expected + at, referenceSize);
    return;
  }
  // Where nearly all was found, more of the reference costs time and gives nothing.
  const dense = best.count * sampleDistance >= window.length * 0.75;
  const length = dense ? Math.min(segmentLength, best.span + 2 * margin) : segmentLength;
  yield { kind: 'code', target: window, position: segmentStart(best.middle, length, referenceSize), length };
}
