/** Keeps several jobs going, and gives their results in the order in which they were started. */
import { longestFirst } from './longest-first.ts';

/**
 * Starts up to `width` of the jobs at once. When a job fails, or the caller stops reading, no more are started, and
 * it ends after those that run have ended.
 */
export async function* inOrder<T>(
  jobs: AsyncIterable<() => Promise<T>>,
  width: number,
): AsyncGenerator<T, void, undefined> {
  const alike = async function* (): AsyncGenerator<{ weight: number; start: () => Promise<T> }> {
    for await (const start of jobs) yield { weight: 0, start };
  };
  yield* longestFirst(alike(), width, width);
}
