/** Long work in this thread, and what else waits for it: Ctrl-C, and answers of other threads. */

/** After so many milliseconds without a pause other work gets its turn. */
const turn = 10;

/** Called often: gives what is to be awaited where it is time for a pause, otherwise null. */
export function takingTurns(): () => Promise<void> | null {
  let started = performance.now();
  const pause = async (): Promise<void> => {
    await new Promise(setImmediate);
    started = performance.now();
  };
  return () => (performance.now() - started < turn ? null : pause());
}

/** A memory of the paths that were seen in this turn of the event loop: nothing else of this thread has come between. */
export function seenThisTurn(): {
  readonly has: (path: string) => boolean;
  readonly add: (path: string) => void;
} {
  const seen = new Set<string>();
  return {
    has: (path) => seen.has(path),
    add(path) {
      if (seen.size === 0) setImmediate(() => seen.clear());
      seen.add(path);
    },
  };
}
