/** The codec `cover/1` (FORMAT §6.4): covers of the old bytes, small differences in them, and modelled literals. */
import type { Bytes } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { inOrder } from '../../exec/in-order.ts';
import type { CodecContext, DeltaCodec, ReadRange } from '../codec.ts';
import { type Stream, type StreamPlan, profile } from './block-format.ts';
import { type PlacedBlock, blocksOf, coversOf } from './blocks.ts';
import { contentKernel } from './decode-block.ts';
import { encodeBlockKernel } from './encode-block.ts';
import { layOut, sizeOfTails, tailLength } from './lay-out.ts';
import { type LevelName, levelOf } from './levels.ts';
import { binaryBlock, binaryWindow, textBlock, textWindow } from './limits.ts';
import { isText } from './profile.ts';
import { gatherRuns } from './gather-runs.ts';
import { recordsOf } from './records.ts';
import { windowsOf } from './window.ts';

export interface CoverOptions {
  /** How much time a delta may take to make; `default` if left out. */
  readonly level?: LevelName;
}

/**
 * Made for programs and text: each block of 8 MiB (24 MiB of text) is found in the reference, approximately in binary data and exactly in
 * text, and what is left is coded by models that know the old bytes. Encoding holds the reference up to 128 MiB, shared by all threads, and
 * about 300 MiB for each thread; decoding about 80 MiB for each.
 */
export function cover({ level = 'default' }: CoverOptions = {}): DeltaCodec {
  levelOf(level);
  return {
    id: 'cover/1',
    encode: (reference, target, context) => encode(reference, target, level, context),
    decode,
    reads,
  };
}

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
  const isOfText = await looksLikeText(target);
  // Blocks of about one size: the last one is not left to a single thread for long.
  const blocks = Math.ceil(target.size / (isOfText ? textBlock : binaryBlock));
  const most = Math.ceil(target.size / Math.max(blocks, 1));
  const jobs = encodings(reference, target, isOfText, most, level, context);
  yield* inOrder(jobs, atOnce(most, context));
}

/** How many blocks are worked on at a time: large ones, which are of text, take too much memory for several. */
function atOnce(block: number, { executor }: CodecContext): number {
  return block > binaryBlock ? 1 : executor.concurrency;
}

async function* encodings(
  reference: Bytes,
  target: Bytes,
  isOfText: boolean,
  most: number,
  level: LevelName,
  { executor, signal, onEncoded }: CodecContext,
): AsyncGenerator<() => Promise<Uint8Array>> {
  const kind = isOfText ? profile.text : profile.binary;
  const windows = windowsOf(reference, isOfText ? textWindow : binaryWindow, signal);
  for (let offset = 0; offset < target.size; offset += most) {
    throwIfCancelled(signal);
    const block = Uint8Array.from(await target.read(offset, Math.min(most, target.size - offset)));
    const window = await windows.windowFor(block, offset);
    const job = { target: block, window, profile: kind, level };
    yield async () => {
      const coded = await executor.run(encodeBlockKernel, job, { signal });
      onEncoded?.(block.length);
      return coded;
    };
  }
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

async function* reads(
  reference: number,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<ReadRange> {
  for await (const block of blocksOf(delta, size, context)) {
    const { plan } = block;
    const records = recordsOf(await coversOf(delta, block, reference, context));
    for (let i = 0; i < records.count; i++) {
      const offset = records.source(i);
      if (offset >= reference) continue;
      yield { offset, length: records.length(i) + tailLength(records, i, plan.size, reference, plan.tail) };
    }
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
