/** Makes deltas: a number of blocks is drafted, which finds their covers, and then coded. */
import type { Bytes } from '../../bytes.ts';
import { inOrder } from '../../exec/in-order.ts';
import { longestFirst } from '../../exec/longest-first.ts';
import type { CodecContext, Draft, ReadRange } from '../codec.ts';
import { profile } from './block-format.ts';
import { type CutUp, atOnce, cutUp, onBlock } from './cut-up.ts';
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
  // Text is coded one block after the other in any case, and the windows of a large reference would be chosen twice.
  const isDrafted = cut.kind === profile.binary && reference.size <= binaryWindow;
  for (let first = 0; first < cut.blocks; first += batch) {
    const end = Math.min(first + batch, cut.blocks);
    // A block alone is done in one go, too.
    const { drafts } = isDrafted && end - first > 1 ? await draftAll(cut, first, end, quiet) : {};
    yield* code(cut, first, end, context, drafts);
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
      yield* code(cut, first, Math.min(first + batch, cut.blocks), context, drafts.slice(first));
  };
  return { reads, encode: encodeAll };
}

interface Drafted {
  readonly drafts: readonly BlockDraft[];
  readonly reads: readonly ReadRange[];
}

async function draftAll(cut: CutUp, first: number, end: number, context: CodecContext): Promise<Drafted> {
  const { executor, signal } = context;
  const drafts: BlockDraft[] = [];
  const reads: ReadRange[] = [];
  const draftOne = async (job: BlockJob): Promise<[BlockDraft, ReadRange[]]> => {
    const made = await executor.run(draftBlockKernel, job, { signal });
    return [made, readsOf(job, made)];
  };
  const jobs = each(first, end, (number) => onBlock(cut, number, context, draftOne));
  for await (const [made, ranges] of inOrder(jobs, atOnce(cut, context))) {
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

/** Codes the blocks from `first` to before `end`. Literals take most of the time: where drafts tell of many, the block is not left to the end. */
async function* code(
  cut: CutUp,
  first: number,
  end: number,
  context: CodecContext,
  drafts: readonly BlockDraft[] = [],
): AsyncGenerator<Uint8Array> {
  const { executor, signal } = context;
  const codeOne = (job: BlockJob, draft?: BlockDraft): Promise<Uint8Array> =>
    draft
      ? executor.run(finishBlockKernel, { ...job, draft }, { signal })
      : executor.run(encodeBlockKernel, job, { signal });
  const jobs = Array.from({ length: end - first }, (_, index) => {
    const draft = drafts[index];
    return {
      weight: draft ? cut.most - coveredBy(draft) : 0,
      start: () => onBlock(cut, first + index, context, (job) => codeOne(job, draft)),
    };
  });
  yield* longestFirst(jobs, atOnce(cut, context), jobs.length);
}

function coveredBy({ covers }: BlockDraft): number {
  const records = recordsOf(covers);
  let sum = 0;
  for (let i = 0; i < records.count; i++) sum += records.length(i);
  return sum;
}
