/** Keeps several jobs going, the longest first, so that none of them is left to run alone at the end. */
import { gate } from './gate.ts';

export interface WeightedJob<T> {
  /** Roughly how long it takes, in any unit. */
  readonly weight: number;
  start(): Promise<T>;
}

/**
 * Runs up to `width` of the jobs at once, of those that wait the one with the most weight, and gives the results in the order of the jobs. No more
 * than `ahead` jobs wait, run, or have results that were not taken yet. When a job fails, which is told at once, or the caller stops reading, no
 * more are started, and it ends after those that run have ended.
 */
export async function* longestFirst<T>(
  jobs: AsyncIterable<WeightedJob<T>> | Iterable<WeightedJob<T>>,
  width: number,
  ahead: number,
): AsyncGenerator<T, void, undefined> {
  const room = gate(width);
  let stop: { readonly error: unknown } | undefined;
  const run = async (job: WeightedJob<T>): Promise<T> => {
    await room.enter(job.weight);
    try {
      if (stop) throw stop.error;
      return await job.start();
    } catch (error) {
      stop ??= { error };
      throw stop.error;
    } finally {
      room.leave();
    }
  };
  const results: Promise<T>[] = [];
  try {
    for await (const job of jobs) {
      const result = run(job);
      result.catch(() => undefined); // it is awaited later; a failure until then is not "unhandled"
      results.push(result);
      const first = results.length >= ahead ? results.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let result = results.shift(); result !== undefined; result = results.shift()) yield await result;
  } finally {
    stop ??= { error: undefined };
    await Promise.allSettled(results);
  }
}
