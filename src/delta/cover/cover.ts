/** The codec `cover/1` (FORMAT §6.4): covers of the old bytes, small differences in them, and modelled literals. */
import type { Bytes } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { inOrder } from '../../exec/in-order.ts';
import type { CodecContext, DeltaCodec, ReadRange } from '../codec.ts';
import { type BlockPlan, type Stream, damaged, longestHeader, parseHeader, profile } from './block-format.ts';
import { contentKernel, coversKernel } from './decode-block.ts';
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
  yield* inOrder(encodings(reference, target, level, context), context.executor.concurrency);
}

async function* encodings(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  { executor, signal }: CodecContext,
): AsyncGenerator<() => Promise<Uint8Array>> {
  const isOfText = await looksLikeText(target);
  const kind = isOfText ? profile.text : profile.binary;
  const most = isOfText ? textBlock : binaryBlock;
  const windows = windowsOf(reference, isOfText ? textWindow : binaryWindow, signal);
  for (let offset = 0; offset < target.size; offset += most) {
    throwIfCancelled(signal);
    const block = Uint8Array.from(await target.read(offset, Math.min(most, target.size - offset)));
    const window = await windows.windowFor(block, offset);
    const job = { target: block, window, profile: kind, level };
    yield () => executor.run(encodeBlockKernel, job, { signal });
  }
}

async function* decode(
  reference: Bytes,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  yield* inOrder(decodings(reference, delta, size, context), context.executor.concurrency);
}

async function* decodings(
  reference: Bytes,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<() => Promise<Uint8Array>> {
  for await (const { start, plan } of blocksOf(delta, size, context)) {
    yield () => decodeBlock(reference, delta, start, plan, context);
  }
}

/** The headers of the blocks, and where their streams begin. */
export async function* blocksOf(
  delta: Bytes,
  size: number,
  { signal }: CodecContext,
): AsyncGenerator<{ readonly start: number; readonly plan: BlockPlan }> {
  let at = 0;
  let made = 0;
  while (made < size) {
    throwIfCancelled(signal);
    const plan = parseHeader(await delta.read(at, Math.min(longestHeader, delta.size - at)), size - made);
    const stored = plan.streams.reduce((sum, stream) => sum + stream.stored, 0);
    if (at + plan.head + stored > delta.size) throw damaged('it is cut off');
    yield { start: at + plan.head, plan };
    at += plan.head + stored;
    made += plan.size;
  }
  if (at !== delta.size) throw damaged('bytes stand behind its end');
}

async function* reads(
  reference: number,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<ReadRange> {
  for await (const { start, plan } of blocksOf(delta, size, context)) {
    const [stream] = plan.streams;
    if (!stream) continue;
    const bytes = Uint8Array.from(await delta.read(start, stream.stored));
    const job = { header: plan, stream: { ...stream, bytes }, reference };
    const records = recordsOf(await context.executor.run(coversKernel, job, { signal: context.signal }));
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
  start: number,
  plan: BlockPlan,
  { executor, signal }: CodecContext,
): Promise<Uint8Array> {
  const streams: Stream[] = [];
  let at = start;
  for (const { method, size, stored } of plan.streams) {
    streams.push({ method, size, bytes: Uint8Array.from(await delta.read(at, stored)) });
    at += stored;
  }
  const [coverStream, differences, literals] = streams;
  if (!coverStream || !differences || !literals) throw damaged('it lacks a stream');
  const { size, covers, profile: kind, tail, lesson } = plan;
  const header = { size, covers, profile: kind, tail, lesson };
  const found = await executor.run(
    coversKernel,
    { header, stream: coverStream, reference: reference.size },
    { signal },
  );
  const records = recordsOf(found);
  const block = new Uint8Array(size);
  const tails = new Uint8Array(sizeOfTails(records, size, reference.size, tail));
  await gatherRuns(
    reference,
    (fetch) => layOut(records, size, reference.size, tail, tails, fetch),
    block,
    tails,
    signal,
  );
  const job = { header, records: found, reference: reference.size, block, tails, differences, literals };
  return executor.run(contentKernel, job, { signal, transfer: [block.buffer, tails.buffer] });
}
