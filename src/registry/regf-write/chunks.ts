/** Memory for hive bins that is handed on as soon as it is full. */
import type { BinMemory } from './cells.ts';

export interface Chunks {
  readonly memory: BinMemory;
  /** The chunks that nothing will be written into any more; each is given once. */
  full(): readonly Uint8Array[];
  /** Those, and the one that was in use. */
  rest(): readonly Uint8Array[];
}

/** A bin never spans two chunks; `size`, in bytes, is the least that a chunk has room for. */
export function createChunks(size: number): Chunks {
  let done: Uint8Array[] = [];
  let chunk = new Uint8Array(0);
  let used = 0;

  function full(): readonly Uint8Array[] {
    if (done.length === 0) return done;
    const chunks = done;
    done = [];
    return chunks;
  }

  function renew(atLeast: number): void {
    if (used > 0) done.push(chunk.subarray(0, used));
    chunk = new Uint8Array(Math.max(size, atLeast));
    used = 0;
  }

  return {
    memory: (bin) => {
      if (used + bin > chunk.length) renew(bin);
      return chunk.subarray(used, (used += bin));
    },
    full,
    rest: () => {
      renew(0);
      return full();
    },
  };
}
