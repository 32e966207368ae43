/** Keeps several jobs going, and gives their results in the order in which they were started. */

/**
 * Starts up to `width` of the jobs at once. When a job fails, or the caller stops reading, no more are started, and
 * it ends after those that run have ended.
 */
export async function* inOrder<T>(
  jobs: AsyncIterable<() => Promise<T>>,
  width: number,
): AsyncGenerator<T, void, undefined> {
  const running: Promise<T>[] = [];
  try {
    for await (const start of jobs) {
      const job = start();
      job.catch(() => undefined); // it is awaited later; a failure until then is not "unhandled"
      running.push(job);
      const first = running.length >= width ? running.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (let job = running.shift(); job !== undefined; job = running.shift()) yield await job;
  } finally {
    await Promise.allSettled(running);
  }
}
