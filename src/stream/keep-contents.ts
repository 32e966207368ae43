/** Contents between one patch and the next: on the disk, outside of the target, for as long as a later patch needs them. */
import { type Bytes, sliceOf } from '../bytes.ts';
import type { Content } from '../patch/compose.ts';
import { type Spool, createSpool } from '../spool.ts';

export interface Keeper {
  /** Reads a content to its end, and keeps it. One at a time. */
  keep(content: Content, pieces: AsyncIterable<Uint8Array>): Promise<Bytes>;
  /** The same pieces. While they are not read to their end, nothing goes that they may be made of. */
  watch(step: number, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array>;
  /** The patch with that number, and all before it, need nothing any more, but for what is watched. */
  passed(step: number): void;
  close(): void;
}

interface Passing {
  readonly spool: Spool;
  until: number;
}

/** Nothing waits in memory: there may be as many of them as there are patches. */
const inMemory = 0;

export function createKeeper(): Keeper {
  // What comes to the target is read behind the last patch, nobody knows when; it goes when nobody can reach it any more.
  const staying = createSpool(inMemory);
  const passing = new Map<number, Passing>();
  const watched = new Map<number, number>();
  let done = -1;
  const sweep = (): void => {
    for (const [made, { spool, until }] of passing) {
      const isRead = [...watched].some(([step, count]) => count > 0 && step <= until);
      if (until > done || isRead) continue;
      spool.close();
      passing.delete(made);
    }
  };
  const count = (step: number, by: number): void => void watched.set(step, (watched.get(step) ?? 0) + by);
  return {
    async keep({ step, final, until }, pieces) {
      const one = passing.get(step) ?? { spool: createSpool(inMemory), until };
      if (final === null) {
        passing.set(step, one);
        one.until = Math.max(one.until, until);
      }
      const spool = final === null ? one.spool : staying;
      const start = spool.size;
      for await (const piece of pieces) spool.append(piece);
      return sliceOf(spool, start, spool.size - start);
    },
    watch(step, pieces) {
      // From now on, not from when it is first read.
      count(step, 1);
      return (async function* () {
        try {
          yield* pieces;
        } finally {
          count(step, -1);
          sweep();
        }
      })();
    },
    passed(step) {
      done = step;
      sweep();
    },
    close() {
      for (const { spool } of passing.values()) spool.close();
      passing.clear();
    },
  };
}
