/** The kernel of writing: one block of the target against a window of the reference. */
import { brotliCompressSync, constants } from 'node:zlib';
import type { Kernel } from '../../exec/executor.ts';
import { type Profile, type Stream, formatBlock, method, profile, sizeOf } from './block-format.ts';
import { coverHeap, differenceHeap, literalHeap } from './decode-block.ts';
import { kernels } from './kernels.ts';
import { layOut, sizeOfTails } from './lay-out.ts';
import { type Level, levelOf } from './levels.ts';
import { fewestLines, lessons, streamRoom } from './limits.ts';
import { type BlockJob, areSeveral, coverings, tailOf } from './find-covers.ts';
import type { Window } from './match-block.ts';
import * as plain from './plain-streams.ts';
import { recordsOf } from './records.ts';

const nothing: Stream = { method: method.none, size: 0, bytes: new Uint8Array() };

/** A block whose covers are found, and that is coded only where that was needed to choose them. */
export interface BlockDraft {
  /** Records of covers. */
  readonly covers: Uint8Array;
  readonly coded: Uint8Array | null;
}

/** The block (FORMAT §6.4.1); the smallest of what the level tries. */
export function encodeBlock(job: BlockJob): Uint8Array {
  return smallest(job).coded;
}

export function draftBlock(job: BlockJob): BlockDraft {
  if (areSeveral(job)) return smallest(job);
  const [covers = new Uint8Array()] = coverings(job);
  return { covers, coded: null };
}

/** The same as `encodeBlock` gives, of its draft. */
export function finishBlock({ draft, ...job }: BlockJob & { readonly draft: BlockDraft }): Uint8Array {
  const coded = draft.coded ?? codeBlock(job, levelOf(job.level), draft.covers, Infinity);
  return coded ?? new Uint8Array();
}

function smallest(job: BlockJob): { readonly covers: Uint8Array; readonly coded: Uint8Array } {
  let best: { covers: Uint8Array; coded: Uint8Array } | undefined;
  for (const covers of coverings(job)) {
    const most = best?.coded.length ?? Infinity;
    const coded = codeBlock(job, levelOf(job.level), covers, most);
    if (coded && coded.length < most) best = { covers, coded };
  }
  return best ?? { covers: new Uint8Array(), coded: new Uint8Array() };
}

/** How much of a cover ahead is shown before literals, in bytes; and what is good for most text. */
const lessonSizes = [0, 512, 65_536];
const goodLesson = 512;

/** One set of covers, coded; null where it becomes too large. */
function codeBlock(
  { target, window, profile: kind }: BlockJob,
  level: Level,
  found: Uint8Array,
  most: number,
): Uint8Array | null {
  const { reference } = window;
  const records = recordsOf(found);
  const tail = tailOf(window, kind);
  // Zero where no cover is, as for whoever reads it: contexts look beyond the ends of covers.
  const block = new Uint8Array(target.length);
  const tails = new Uint8Array(sizeOfTails(records, target.length, reference, tail));
  const place = placing(window);
  layOut(records, target.length, reference, tail, tails, (source, to, length, tailAt, tailSize) => {
    const from = place(source);
    block.set(window.bytes.subarray(from, from + length), to);
    tails.set(window.bytes.subarray(from + length, from + length + tailSize), tailAt);
  });
  const literals = plain.writeLiterals(target, records);
  const detailed = kind === profile.binary && literals.length <= level.detailed;
  const contexts = level.modelled && detailed ? profile.detailed : kind;
  const common = { size: target.length, covers: records.count, profile: contexts, tail };
  if (!level.modelled) {
    return formatBlock({
      ...common,
      lesson: 0,
      coverStream: compressed(plain.writeCovers(records), level),
      differenceStream:
        kind === profile.text
          ? nothing
          : compressed(plain.writeDifferences(block, target, records, reference), level),
      literalStream: compressed(literals, level),
    });
  }
  const coverStream =
    records.count === 0
      ? nothing
      : smaller(modelledCovers(found, level), () => plain.writeCovers(records), level);
  const differenceStream =
    kind === profile.text
      ? nothing
      : smaller(
          modelledDifferences(block, target, found, reference, level),
          () => plain.writeDifferences(block, target, records, reference),
          level,
        );
  if (coverStream.bytes.length + differenceStream.bytes.length >= most) return null;
  const lessonsTried =
    kind !== profile.text ? [0] : literals.length <= level.trials ? lessonSizes : [goodLesson];
  const flat = barelyCompressible(literals) ? compressed(literals, { ...level, quality: [5, 5] }) : null;
  let best: { literalStream: Stream; lesson: number } | null = flat && { literalStream: flat, lesson: 0 };
  for (const lesson of flat ? [] : lessonsTried) {
    const literalStream =
      modelledLiterals(target, found, tails, reference, contexts, lesson, literals.length, level) ??
      compressed(literals, level);
    if (!best || sizeOf(literalStream) < sizeOf(best.literalStream)) best = { literalStream, lesson };
  }
  if (best && !flat) {
    const literalStream = repeated(best.literalStream, literals, level);
    if (literalStream !== best.literalStream) best = { literalStream, lesson: 0 };
  }
  return formatBlock({
    ...common,
    coverStream,
    differenceStream,
    ...(best ?? { literalStream: nothing, lesson: 0 }),
  });
}

/** Where a place of the reference is in the window. */
function placing({ ranges }: Window): (source: number) => number {
  let last = ranges[0];
  return (source) => {
    if (!last || source < last.start || source >= last.start + last.size) {
      last = ranges.find(({ start, size }) => source >= start && source < start + size);
    }
    return last ? source - last.start + last.at : 0;
  };
}

function modelledCovers(found: Uint8Array, level: Level): Stream {
  const { call, reset, allocate, put, view } = kernels();
  reset();
  const at = put(found);
  const records = recordsOf(found);
  const room = found.length + streamRoom;
  const coded = allocate(room);
  const length = call.writeCovers(at, records.count, coded, coded + room, allocate(coverHeap));
  if (length > 0) return { method: method.model, size: fewestLines, bytes: view(coded, length).slice() };
  return compressed(plain.writeCovers(records), level);
}

/** Of so many bytes that differ, about one was not foretold; values repeat, so that few lines are enough. */
const foretold = 32;

/** `block` has the old bytes in the places of covers. */
function modelledDifferences(
  block: Uint8Array,
  target: Uint8Array,
  found: Uint8Array,
  reference: number,
  level: Level,
): Stream {
  const { call, reset, allocate, put, view } = kernels();
  const records = recordsOf(found);
  const bits = linesFor(estimateDifferences(block, target) / foretold, profile.binary, level);
  if (records.count === 0 || block.length === 0) return nothing;
  reset();
  const at = put(block);
  const wanted = put(target);
  const recordsAt = put(found);
  const room = target.length + (target.length >> 2) + streamRoom;
  const coded = allocate(room);
  const heap = allocate(differenceHeap(bits));
  const length = call.codeDifferences(
    at,
    wanted,
    recordsAt,
    records.count,
    reference,
    coded,
    coded + room,
    heap,
    bits,
  );
  if (call.differing() === 0) return nothing;
  if (length > 0) return { method: method.model, size: bits, bytes: view(coded, length).slice() };
  return compressed(plain.writeDifferences(block, target, records, reference), level);
}

/** From every sixteenth byte, about how many bytes differ. */
function estimateDifferences(block: Uint8Array, target: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < target.length; i += 16) if (block[i] !== target[i]) count += 16;
  return count;
}

/** Null where the model makes them larger than there is room for. */
function modelledLiterals(
  target: Uint8Array,
  found: Uint8Array,
  tails: Uint8Array,
  reference: number,
  kind: Profile,
  lesson: number,
  literals: number,
  level: Level,
): Stream | null {
  if (literals === 0) return nothing;
  const { call, reset, allocate, put, view } = kernels();
  const bits = linesFor(literals + Math.min(lesson > 0 ? lessons : 0, literals * 4), kind, level);
  reset();
  const at = put(target);
  const records = put(found);
  const tailsAt = put(tails);
  const room = literals + (literals >> 2) + streamRoom;
  const coded = allocate(room);
  const heap = allocate(literalHeap(bits));
  const length = call.codeLiterals(
    at,
    target.length,
    1,
    records,
    recordsOf(found).count,
    reference,
    tailsAt,
    kind,
    lesson,
    lessons,
    coded,
    coded + room,
    heap,
    bits,
  );
  return length === 0 ? null : { method: method.model, size: bits, bytes: view(coded, length).slice() };
}

function linesFor(bytes: number, kind: Profile, { lines: [ofText, ofBinary] }: Level): number {
  const most = kind === profile.text ? ofText : ofBinary;
  return Math.min(most, Math.max(fewestLines, Math.ceil(Math.log2(bytes * 8 + 1))));
}

/** A model has to learn first: streams up to this size, in bytes, are compressed too, of at most so many bytes. */
const fewBytes = 16 << 10;
const mostBytes = 4 * fewBytes;

/** A short stream, modelled or compressed. */
function smaller(stream: Stream, plainBytes: () => Uint8Array, level: Level): Stream {
  if (stream.method !== method.model || stream.bytes.length > fewBytes) return stream;
  const bytes = plainBytes();
  if (bytes.length > mostBytes) return stream;
  const other = compressed(bytes, level);
  return sizeOf(other) < sizeOf(stream) ? other : stream;
}

/** Literals that come again far behind, as in archives: models see little of it. A quick look tells. */
function repeated(stream: Stream, literals: Uint8Array, level: Level): Stream {
  if (stream.method !== method.model) return stream;
  const few = literals.length <= fewBytes;
  if (!few && compressed(literals, { ...level, quality: [5, 5] }).bytes.length >= stream.bytes.length)
    return stream;
  // What comes again is found as well by the quality for large streams, in a fortieth of the time.
  const [, large] = level.quality;
  const other = compressed(
    literals,
    literals.length <= mostBytes ? level : { ...level, quality: [large, large] },
  );
  return sizeOf(other) < sizeOf(stream) ? other : stream;
}

/** A quick look: what brotli hardly makes smaller, a model would not either, and take its time. */
function barelyCompressible(bytes: Uint8Array): boolean {
  if (bytes.length < 4096) return false;
  const quick = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 2 } });
  return quick.length > bytes.length * 0.97;
}

function compressed(bytes: Uint8Array, { quality }: Level): Stream {
  if (bytes.length === 0) return nothing;
  const small = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: bytes.length <= 1 << 20 ? quality[0] : quality[1],
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  if (small.length < bytes.length) return { method: method.brotli, size: bytes.length, bytes: small };
  return { method: method.plain, size: bytes.length, bytes };
}

export const encodeBlockKernel: Kernel<BlockJob, Uint8Array> = {
  module: import.meta.url,
  name: 'encodeBlock',
};

export const draftBlockKernel: Kernel<BlockJob, BlockDraft> = { module: import.meta.url, name: 'draftBlock' };

export const finishBlockKernel: Kernel<BlockJob & { readonly draft: BlockDraft }, Uint8Array> = {
  module: import.meta.url,
  name: 'finishBlock',
};
