/** Makes deltas: a number of blocks is drafted, which finds their covers, and then coded. */
import type { Bytes } from '../../bytes.ts';
import { inOrder } from '../../exec/in-order.ts';
import { longestFirst } from '../../exec/longest-first.ts';
import type { CodecContext, Draft, ReadRange } from '../codec.ts';
import { profile } from './block-format.ts';
import { type CutUp, atOnce, cutUp, jobOf } from './cut-up.ts';
import { type BlockDraft, draftBlockKernel, encodeBlockKernel, finishBlockKernel } from './encode-block.ts';
import { type BlockJob, tailOf } from './find-covers.ts';
import { tailLength } from './lay-out.ts';
import type { LevelName } from './levels.ts';
import { binaryWindow } from './limits.ts';
import { recordsOf } from './records.ts';

/** So many blocks are drafted before any of them is coded. */
const batch = 8;

export async function* encode(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  const cut = await cutUp(reference, target, level, context);
  const { signal, executor, memoryLimit } = context;
  const quiet = { signal, executor, memoryLimit }; // of each byte it is told once, when it has been coded
  for (let first = 0; first < cut.blocks; first += batch) {
    const end = Math.min(first + batch, cut.blocks);
    // A block alone is done in one go. So are those of text, one after the other, and those whose windows, parts of a large reference, would be chosen twice.
    const isDrafted = end - first > 1 && cut.kind === profile.binary && reference.size <= binaryWindow;
    yield* isDrafted
      ? finish(cut, first, (await draftAll(cut, first, end, quiet)).drafts, context)
      : encodeDirectly(cut, first, end, context);
  }
}

export async function draft(
  reference: Bytes,
  target: Bytes,
  level: LevelName,
  context: CodecContext,
): Promise<Draft> {
  const cut = await cutUp(reference, target, level, context);
  const { drafts, reads } = await draftAll(cut, 0, cut.blocks, context);
  const encodeAll = async function* (): AsyncGenerator<Uint8Array> {
    for (let first = 0; first < cut.blocks; first += batch)
      yield* finish(cut, first, drafts.slice(first, first + batch), context);
  };
  return { reads, encode: encodeAll };
}

interface Drafted {
  readonly drafts: readonly BlockDraft[];
  readonly reads: readonly ReadRange[];
}

async function draftAll(cut: CutUp, first: number, end: number, context: CodecContext): Promise<Drafted> {
  const drafts: BlockDraft[] = [];
  const reads: ReadRange[] = [];
  const draftOne = async (number: number): Promise<[BlockDraft, ReadRange[]]> => {
    const job = await jobOf(cut, number, context);
    const made = await context.executor.run(draftBlockKernel, job, { signal: context.signal });
    context.onEncoded?.(job.target.length);
    return [made, readsOf(job, made)];
  };
  for await (const [made, ranges] of inOrder(each(first, end, draftOne), atOnce(cut, context))) {
    drafts.push(made);
    for (const range of ranges) reads.push(range);
  }
  return { drafts, reads };
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

/** Work on the blocks from `first` to before `end`. */
async function* each<Result>(
  first: number,
  end: number,
  work: (number: number) => Promise<Result>,
): AsyncGenerator<() => Promise<Result>> {
  for (let number = first; number < end; number++) yield () => work(number);
}

async function* encodeDirectly(
  cut: CutUp,
  first: number,
  end: number,
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  const encodeOne = async (number: number): Promise<Uint8Array> => {
    const job = await jobOf(cut, number, context);
    const coded = await context.executor.run(encodeBlockKernel, job, { signal: context.signal });
    context.onEncoded?.(job.target.length);
    return coded;
  };
  yield* inOrder(each(first, end, encodeOne), atOnce(cut, context));
}

/** Codes drafts of the blocks from `first` on. Literals take most of the time: a block with many of them is not left to the end. */
async function* finish(
  cut: CutUp,
  first: number,
  drafts: readonly BlockDraft[],
  context: CodecContext,
): AsyncGenerator<Uint8Array> {
  const jobs = drafts.map((draft, index) => ({
    weight: cut.most - coveredBy(draft),
    start: async (): Promise<Uint8Array> => {
      const job = await jobOf(cut, first + index, context);
      const coded = await context.executor.run(
        finishBlockKernel,
        { ...job, draft },
        { signal: context.signal },
      );
      context.onEncoded?.(job.target.length);
      return coded;
    },
  }));
  yield* longestFirst(jobs, atOnce(cut, context), batch);
}

function coveredBy({ covers }: BlockDraft): number {
  const records = recordsOf(covers);
  let sum = 0;
  for (let i = 0; i < records.count; i++) sum += records.length(i);
  return sum;
}
