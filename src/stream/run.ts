/** Runs a chain of stages to its end, with its events in one place. */
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Vinyl from 'vinyl';
import { cancelled, isPatchError } from '../errors.ts';
import type { Notice, Progress } from './progress.ts';
import type { Stage } from './stage.ts';

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNotice?: (notice: Notice) => void;
  /** Called with every file that leaves the last stage. */
  readonly onFile?: (file: Vinyl) => void | Promise<void>;
}

/**
 * Runs the chain, of stages and of any other vinyl streams; what leaves the last one goes to `onFile`. Rejects with the
 * first error, after every stage has cleaned up behind itself; with E_CANCELLED after an abort.
 */
export async function run(
  chain: readonly (Stage | NodeJS.ReadWriteStream)[],
  options: RunOptions = {},
): Promise<void> {
  const stages = chain.filter((one): one is Stage => 'stage' in one);
  for (const one of stages) {
    if (options.onProgress) one.on('progress', options.onProgress);
    if (options.onNotice) one.on('notice', options.onNotice);
  }
  const sink = new Writable({
    objectMode: true,
    write(file: Vinyl, _encoding, done) {
      // Contents that nobody reads would keep the stage that makes them waiting.
      if (!options.onFile && file.isStream()) file.contents.resume();
      Promise.resolve(options.onFile?.(file)).then(() => done(), done);
    },
  });
  try {
    await pipeline([...chain, sink], { ...(options.signal && { signal: options.signal }) });
  } catch (error) {
    throw options.signal?.aborted === true && !isPatchError(error) ? cancelled(error) : error;
  } finally {
    await Promise.all(stages.map((one) => one.settled));
  }
}
