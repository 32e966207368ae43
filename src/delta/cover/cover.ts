/** The codec `cover/1` (FORMAT §6.4): covers of the old bytes, small differences in them, and modelled literals. */
import { type Bytes, readInto } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { inOrder } from '../../exec/in-order.ts';
import type { CodecContext, DeltaCodec, Draft, ReadRange } from '../codec.ts';
import { type Profile, type Stream, type StreamPlan, profile } from './block-format.ts';
import { type PlacedBlock, blocksOf, coversOf } from './blocks.ts';
import { contentKernel } from './decode-block.ts';
import { type BlockDraft, draftBlockKernel, encodeBlockKernel, finishBlockKernel } from './encode-block.ts';
import { type BlockJob, tailOf } from './find-covers.ts';
import { layOut, sizeOfTails, tailLength } from './lay-out.ts';
import { type LevelName, levelOf } from './levels.ts';
import { binaryBlock, binaryWindow, textBlock, textWindow } from './limits.ts';
import { isText } from './profile.ts';
import { gatherRuns } from './gather-runs.ts';
import { recordsOf } from './records.ts';
import { type WindowSource, windowsOf } from './window.ts';

export interface CoverOptions {
  /** How much time a delta may take to make; `default` if left out. */
  readonly level?: LevelName;
}

/**
 * Made for programs and text: each block of 4 MiB (24 MiB of text) is found in the reference, approximately in binary data and exactly in
 * text, and what is left is coded by models that know the old bytes. Encoding holds the reference up to 128 MiB, shared by all threads, and
 * about 300 MiB for each thread; decoding about 80 MiB for each.
 */
export function cover({ level = 'default' }: CoverOptions = {}): DeltaCodec {
  levelOf(level);
  return {
    id: 'cover/1',
    encode: (reference, target, context) => encode(reference, target, level, context),
    decode,
    follows: true,
    draft: (reference, target, context) => draft(reference, target, level, context),
  };
}

/** What sizes of blocks are multiples of, in bytes. */
const blockUnit = 4096;

/** How much tells whether something is text: of its beginning, middle and end each. */
const sampled = 64 << 10;

async function looksLikeText(target: Bytes): Promise<boolean> {
  const length = Math.min(sampled, target.size);
  for (const start of [0, Math.floor((target.size - length) / 2), target.size - length]) {
    if (!isText(await target.read(start, length))) return false;
  }
  return true;
}

async function* encode(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  yield* encodeAll(await cutUp(reference, target, level, context), context);
}

async function draft(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  context: CodecContext,
): Promise<Draft> {
  const cut = await cutUp(reference, target, level, context);
  const { executor, signal } = context;
  const drafts: BlockDraft[] = [];
  const reads: ReadRange[] = [];
  const draftOne = async (job: BlockJob): Promise<[BlockDraft, ReadRange[]]> => {
    const made = await executor.run(draftBlockKernel, job, { signal });
    return [made, readsOf(job, made)];
  };
  for await (const [made, ranges] of inOrder(each(cut, draftOne, context), atOnce(cut.most, context))) {
    drafts.push(made);
    for (const range of ranges) reads.push(range);
  }
  return { reads, encode: () => encodeAll(cut, context, drafts) };
}

function readsOf({ target, window, profile: kind }: BlockJob, { covers }: BlockDraft): ReadRange[] {
  const { reference } = window;
  const records = recordsOf(covers);
  const ranges: ReadRange[] = [];
  for (let i = 0; i < records.count; i++) {
    const offset = records.source(i);
    if (offset >= reference) continue;
    const tail = tailLength(records, i, target.length, reference, tailOf(window, kind));
    ranges.push({ offset, length: records.length(i) + tail });
  }
  return ranges;
}

/** A target in blocks of one size, and where they are looked for. */
interface CutUp {
  readonly target: Bytes;
  readonly most: number;
  readonly kind: Profile;
  readonly level: LevelName;
  readonly windows: WindowSource;
}

async function cutUp(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  { signal }: CodecContext,
): Promise<CutUp> {
  const isOfText = await looksLikeText(target);
  // Blocks of about one size: the last one is not left to a single thread for long. Models of tables look at where in a block words begin.
  const blocks = Math.ceil(target.size / (isOfText ? textBlock : binaryBlock));
  const most = Math.ceil(target.size / Math.max(blocks, 1) / blockUnit) * blockUnit;
  const kind = isOfText ? profile.text : profile.binary;
  const windows = windowsOf(reference, isOfText ? textWindow : binaryWindow, signal);
  return { target, most, kind, level, windows };
}

/** How many blocks are worked on at a time: large ones, which are of text, take too much memory for several. */
function atOnce(block: number, { executor }: CodecContext): number {
  return block > binaryBlock ? 1 : executor.concurrency;
}

/** Reads one block after the other, and gives what is to be done with each. */
async function* each<Result>(
  { target, most, kind, level, windows }: CutUp,
  work: (job: BlockJob, number: number) => Promise<Result>,
  { signal, onEncoded }: CodecContext,
): AsyncGenerator<() => Promise<Result>> {
  for (let offset = 0; offset < target.size; offset += most) {
    throwIfCancelled(signal);
    // In shared memory, so that there is one copy of it.
    const block = new Uint8Array(new SharedArrayBuffer(Math.min(most, target.size - offset)));
    await readInto(target, offset, block);
    const window = await windows.windowFor(block, offset);
    const job = { target: block, window, profile: kind, level };
    yield async () => {
      const result = await work(job, offset / most);
      onEncoded?.(block.length);
      return result;
    };
  }
}

/** Where there are drafts, they are finished. */
async function* encodeAll(
  cut: CutUp,
  context: CodecContext,
  drafts: readonly BlockDraft[] = [],
): AsyncGenerator<Uint8Array> {
  const { executor, signal } = context;
  const encodeOne = (job: BlockJob, number: number): Promise<Uint8Array> => {
    const draft = drafts[number];
    if (!draft) return executor.run(encodeBlockKernel, job, { signal });
    return executor.run(finishBlockKernel, { ...job, draft }, { signal });
  };
  yield* inOrder(each(cut, encodeOne, context), atOnce(cut.most, context));
}

async function* decode(
  reference: Bytes,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  for await (const { plan } of blocksOf(delta, size, context)) {
    yield* inOrder(decodings(reference, delta, size, context), atOnce(plan.size, context));
    return;
  }
}

async function* decodings(
  reference: Bytes,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<() => Promise<Uint8Array>> {
  for await (const block of blocksOf(delta, size, context)) {
    yield () => decodeBlock(reference, delta, block, context);
  }
}

async function decodeBlock(
  reference: Bytes,
  delta: Bytes,
  placed: PlacedBlock,
  context: CodecContext,
): Promise<Uint8Array> {
  const { start, plan } = placed;
  const { size, tail } = plan;
  const [coverPlan, differencePlan, literalPlan] = plan.streams;
  const found = await coversOf(delta, placed, reference.size, context);
  const records = recordsOf(found);
  const block = new Uint8Array(size);
  const tails = new Uint8Array(sizeOfTails(records, size, reference.size, tail));
  await gatherRuns(
    reference,
    (fetch) => layOut(records, size, reference.size, tail, tails, fetch),
    block,
    tails,
    context.signal,
  );
  const read = async (stream: StreamPlan, at: number): Promise<Stream> => ({
    ...stream,
    bytes: Uint8Array.from(await delta.read(at, stream.stored)),
  });
  const differences = await read(differencePlan, start + coverPlan.stored);
  const literals = await read(literalPlan, start + coverPlan.stored + differencePlan.stored);
  const job = {
    header: plan,
    records: found,
    reference: reference.size,
    block,
    tails,
    differences,
    literals,
  };
  return context.executor.run(contentKernel, job, {
    signal: context.signal,
    transfer: [block.buffer, tails.buffer],
  });
}
