/** The codec `cover/1` (FORMAT §6.4): covers of the old bytes, small differences in them, and modelled literals. */
import type { Bytes } from '../../bytes.ts';
import { type WeightedJob, longestFirst } from '../../exec/longest-first.ts';
import type { CodecContext, DeltaCodec } from '../codec.ts';
import type { Stream, StreamPlan } from './block-format.ts';
import { type PlacedBlock, blocksOf, coversOf } from './blocks.ts';
import { atOnce } from './cut-up.ts';
import { contentKernel } from './decode-block.ts';
import { draft, encode } from './encode.ts';
import { gatherRuns } from './gather-runs.ts';
import { layOut, sizeOfTails } from './lay-out.ts';
import { type LevelName, levelOf } from './levels.ts';
import { recordsOf } from './records.ts';

export interface CoverOptions {
  /** How much time a delta may take to make; `default` if left out. */
  readonly level?: LevelName;
}

/**
 * Made for programs and text: each block of 4 MiB (24 MiB of text) is found in the reference, approximately in binary data and exactly in
 * text, and what is left is coded by models that know the old bytes. Encoding holds the reference up to 128 MiB, shared by all threads, and
 * about 300 MiB for each thread; decoding about 80 MiB for each, and up to 24 MiB of blocks before their turn.
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

/** How many blocks wait, or are decoded before their turn, beside those that are being decoded: 4 MiB each. */
const ahead = 6;

async function* decode(
  reference: Bytes,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  for await (const { plan } of blocksOf(delta, size, context)) {
    const width = atOnce({ most: plan.size }, context);
    yield* longestFirst(decodings(reference, delta, size, context), width, width > 1 ? width + ahead : 1);
    return;
  }
}

/** What is modelled takes most of the time. */
async function* decodings(
  reference: Bytes,
  delta: Bytes,
  size: number,
  context: CodecContext,
): AsyncGenerator<WeightedJob<Uint8Array>> {
  for await (const block of blocksOf(delta, size, context)) {
    const weight = block.plan.streams.reduce((sum, { stored }) => sum + stored, 0);
    yield { weight, start: () => decodeBlock(reference, delta, block, context) };
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
