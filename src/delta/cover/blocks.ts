/** The blocks of a delta, one behind the other (FORMAT §6.4.1), and their covers. */
import type { Bytes } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import type { CodecContext } from '../codec.ts';
import { type BlockPlan, damaged, longestHeader, parseHeader } from './block-format.ts';
import { coversKernel } from './decode-block.ts';

export interface PlacedBlock {
  /** Where its streams begin in the delta. */
  readonly start: number;
  readonly plan: BlockPlan;
}

/** The headers of the blocks of a target of `size` bytes, in order; no stream is read. E_FORMAT. */
export async function* blocksOf(
  delta: Bytes,
  size: number,
  { signal }: CodecContext,
): AsyncGenerator<PlacedBlock> {
  let at = 0;
  let made = 0;
  let largest = size; // the first block tells how much memory the others take at most
  while (made < size) {
    throwIfCancelled(signal);
    await delta.until?.(at + longestHeader);
    const plan = parseHeader(
      await delta.read(at, Math.min(longestHeader, delta.size - at)),
      Math.min(largest, size - made),
    );
    if (made === 0) largest = plan.size;
    const stored = plan.streams.reduce((sum, stream) => sum + stream.stored, 0);
    await delta.until?.(at + plan.head + stored);
    if (at + plan.head + stored > delta.size) throw damaged('it is cut off');
    yield { start: at + plan.head, plan };
    at += plan.head + stored;
    made += plan.size;
  }
  await delta.until?.(Infinity);
  if (at !== delta.size) throw damaged('bytes stand behind its end');
}

/** The covers of a block, as records (records.ts), for a reference of `reference` bytes. E_FORMAT. */
export async function coversOf(
  delta: Bytes,
  { start, plan }: PlacedBlock,
  reference: number,
  { executor, signal }: CodecContext,
): Promise<Uint8Array> {
  const [stream] = plan.streams;
  const bytes = Uint8Array.from(await delta.read(start, stream.stored));
  return executor.run(coversKernel, { header: plan, stream: { ...stream, bytes }, reference }, { signal });
}
