/** Bytes that are read while they are still made. */
import type { Bytes } from './bytes.ts';

export interface Growing {
  /** For the reader, who has to wait with `until`. */
  readonly bytes: Bytes;
  /** The maker has made more. */
  grown(): void;
  /** No more comes. */
  end(): void;
  /** No more comes, and what is there is of no use: who waits for more gets the reason. */
  fail(reason: unknown): void;
}

/** `made` has what was made so far; its size is how much. */
export function createGrowing(made: Bytes): Growing {
  let isComplete = false;
  let waiting: { readonly end: number; readonly settle: () => void }[] = [];
  let failure: { readonly reason: unknown } | null = null;
  const settle = (): void => {
    const all = waiting;
    waiting = all.filter(({ end }) => !isComplete && !failure && made.size < end);
    for (const one of all) if (!waiting.includes(one)) one.settle();
  };
  return {
    bytes: {
      get size() {
        return made.size;
      },
      read: (offset, length) => made.read(offset, length),
      async until(end) {
        if (!isComplete && !failure && made.size < end) {
          await new Promise<void>((resolve) => waiting.push({ end, settle: resolve }));
        }
        if (failure) throw failure.reason;
      },
    },
    grown: settle,
    end() {
      isComplete = true;
      settle();
    },
    fail(reason) {
      failure = { reason };
      settle();
    },
  };
}
