/** Ordered concurrency: several at a time, results in the order of the input. */

/**
 * Applies `work` to each item, up to `concurrency` at once, and yields the results in order. Takes the next item only
 * when there is room, so a slow consumer slows the source down. The first error (in order) ends it; nothing that is
 * still running is left unobserved.
 */
export async function* mapOrdered<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const running: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      // An error is thrown when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      running.push(result);
      const first = running.length >= Math.max(1, concurrency) ? running.shift() : undefined;
      if (first) yield await first;
    }
    for (let first = running.shift(); first; first = running.shift()) yield await first;
  } finally {
    await Promise.allSettled(running);
  }
}
