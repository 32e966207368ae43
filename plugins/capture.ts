/** capture: two layers → what is compared, then one file per difference, in byte order of names. */
import { availableParallelism } from 'node:os';
import type Vinyl from 'vinyl';
import type { Executor, Kernel } from '../src/exec/executor.ts';
import { threads as threadPool } from '../src/exec/threads.ts';
import type { DirectoryReadOptions } from '../src/layer/directory-sublayer.ts';
import { createExclude } from '../src/layer/excludes.ts';
import type { Entry, Layer } from '../src/layer/layer.ts';
import { compareNames } from '../src/layer/name.ts';
import { type LayerSource, openLayer } from '../src/layer/open-layer.ts';
import { type FileFacts, type FileReader, readFilesAddress } from '../src/layer/read-files.ts';
import { noRules } from '../src/layer/rules.ts';
import { changeOf } from '../src/patch/change-of.ts';
import type { Side } from '../src/stream/comparison.ts';
import { changeFile, comparisonFile } from '../src/stream/file.ts';
import { type Stage, type StageContext, source } from '../src/stream/stage.ts';

export interface CaptureOptions {
  /** The version that the patch starts from. */
  readonly base: LayerSource | Layer | (() => Layer | Promise<Layer>);
  /** The version that the patch produces. */
  readonly target: LayerSource | Layer;
  /** Exclude entries: globs that are passed over on both sides. */
  readonly excludes?: readonly string[];
  /** Those of them of which a person should hear when they match nothing; all if left out. */
  readonly expected?: readonly string[];
  /** Variable name → path in registry data, beside those of the layers. */
  readonly variables?: Readonly<Record<string, string>>;
  /** With one, this thread reads everything; never changes the result. All processors if left out. */
  readonly threads?: number;
}

/** Progress is told every so many entries. */
const reported = 64;

/** Reads both sides whole, once, to digest them; later stages read only what differs. */
export const capture = ({
  base,
  target,
  excludes = [],
  expected = excludes,
  variables = {},
  threads = availableParallelism(),
}: CaptureOptions): Stage => {
  const exclude = createExclude(excludes);
  return source('capture', async function* (context) {
    const before = await open(base);
    const after = await open(target);
    let done = 0;
    const read = async (layer: Layer, signal: AbortSignal, readFiles?: FileReader): Promise<Side> => {
      const entries: Entry[] = [];
      const onEntry = (label: string): void => {
        if (++done % reported === 0) context.report({ done, total: null, unit: 'entries', label });
      };
      const options: DirectoryReadOptions = { exclude, signal, onEntry, ...(readFiles && { readFiles }) };
      for await (const one of layer.readOnly.entries(options)) entries.push(one);
      const { identity } = layer;
      return { identity, variables: { ...variables, ...layer.variables }, entries };
    };
    const [old, now] = await atOnce(context.signal, threads, (signal, elsewhere) => [
      read(before, signal, elsewhere),
      read(after, signal),
    ]);
    warn(
      exclude.unmatched().filter((rule) => expected.includes(rule)),
      context,
    );
    yield comparisonFile({ base: old, target: now, rules: { ...noRules, excludes: exclude.rules } });
    yield* differences(old.entries, now.entries);
  });
};

/**
 * Does two things at once: the first may read on a thread of its own, if there is one to be had. When one fails, the
 * other ends too. More threads than two gain little, since each has to be started.
 */
async function atOnce<Result>(
  signal: AbortSignal,
  threads: number,
  start: (signal: AbortSignal, elsewhere: FileReader | undefined) => [Promise<Result>, Promise<Result>],
): Promise<[Result, Result]> {
  const executor = threadPool({ concurrency: 1 });
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const both = start(either, threads > 1 ? readerOn(executor, either) : undefined);
  try {
    return await Promise.all(both);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(both);
    throw error;
  } finally {
    await executor.close();
  }
}

const readFiles: Kernel<readonly string[], FileFacts> = readFilesAddress;

function readerOn(executor: Executor, signal: AbortSignal): FileReader {
  return async function* (batches) {
    for (const paths of batches) yield executor.run(readFiles, paths, { signal });
  };
}

function warn(unmatched: readonly string[], { notice }: StageContext): void {
  for (const rule of unmatched) {
    notice({
      code: 'exclude-unmatched',
      message: `the exclude rule ${JSON.stringify(rule)} matched nothing`,
    });
  }
}

async function open(given: CaptureOptions['base']): Promise<Layer> {
  if (typeof given === 'function') return given();
  return typeof given === 'object' && 'readOnly' in given ? given : openLayer(given);
}

/** Merges two lists that are in the same order. */
async function* differences(base: readonly Entry[], target: readonly Entry[]): AsyncGenerator<Vinyl> {
  let [i, j] = [0, 0];
  for (;;) {
    const old = base[i];
    const now = target[j];
    if (!old && !now) return;
    const order = !old ? 1 : !now ? -1 : compareNames(old.name, now.name);
    if (order <= 0) i++;
    if (order >= 0) j++;
    const change = changeOf(order <= 0 ? old : undefined, order >= 0 ? now : undefined);
    if (change)
      yield changeFile(change, (change.after && now?.bytes) ?? null, (change.before && old?.bytes) ?? null);
  }
}
