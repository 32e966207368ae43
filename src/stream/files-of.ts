/** Runs a chain inside of a stage, file by file. */
import { pipeline } from 'node:stream/promises';
import type Vinyl from 'vinyl';
import type { Notice, Progress } from './progress.ts';
import type { Stage } from './stage.ts';

export interface InnerRun {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNotice?: (notice: Notice) => void;
}

/**
 * What leaves the last stage, one file at a time; throws the first error of any. Whoever stops taking them ends the chain. It ends only after every
 * stage has cleaned up behind itself.
 */
export async function* filesOf(
  chain: readonly [Stage, ...Stage[]],
  { signal, onProgress, onNotice }: InnerRun,
): AsyncGenerator<Vinyl> {
  for (const one of chain) {
    if (onProgress) one.on('progress', onProgress);
    if (onNotice) one.on('notice', onNotice);
  }
  const stop = new AbortController();
  let ended = false;
  try {
    const last = chain.at(-1) ?? chain[0];
    const finished = pipeline(chain, { signal: AbortSignal.any([signal, stop.signal]) });
    finished.catch(() => undefined); // it is awaited when the files have been taken
    for await (const file of last as AsyncIterable<Vinyl>) yield file;
    ended = true;
    await finished;
  } finally {
    if (!ended) stop.abort();
    await Promise.all(chain.map((one) => one.settled));
  }
}
