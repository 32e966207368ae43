/** The contents of the files of a group, one after the other, while the group is decoded. */
import { PatchError } from '../errors.ts';

export interface GroupContents {
  /** The next `size` bytes. They can be read once, and only when those that were taken before have been. */
  take(size: number): AsyncGenerator<Uint8Array>;
  /** Whether all that was taken has been read, so that what is taken next does not wait for a reader. */
  readonly free: boolean;
  /** Begins to decode, if that has not begun and may go ahead of the reader. */
  start(): void;
}

const nothing: Uint8Array = new Uint8Array();

/**
 * `decode` begins to give the whole content of the group. With `ahead`, the next piece is made while one is read; without it there is never more than one,
 * for pieces that are so large that two take too much memory.
 */
export function groupContents(decode: () => AsyncIterable<Uint8Array>, ahead = true): GroupContents {
  let pieces: AsyncIterator<Uint8Array, unknown> | undefined;
  let next: Promise<IteratorResult<Uint8Array, unknown>> | undefined;
  let piece = nothing;
  let before: Promise<void> = Promise.resolve();
  let waiting = 0;
  const prepare = (): void => {
    next ??= pieces?.next();
    next?.catch(() => undefined); // it is awaited when it is needed
  };
  const start = (): void => {
    if (pieces) return;
    pieces = decode()[Symbol.asyncIterator]();
    prepare();
  };
  const more = async (): Promise<Uint8Array> => {
    start();
    prepare();
    const result = await next;
    if (!result || result.done === true)
      throw new PatchError('E_FORMAT', 'a group has less content than its files');
    next = undefined;
    if (ahead) prepare();
    return result.value;
  };
  return {
    start: ahead ? start : () => undefined,
    get free() {
      return waiting === 0;
    },
    take(size) {
      waiting++;
      const turn = before;
      let release = (): void => undefined;
      before = new Promise((resolve) => (release = resolve));
      return (async function* () {
        await turn;
        try {
          for (let left = size; left > 0;) {
            if (piece.length === 0) piece = await more();
            const part = piece.subarray(0, left);
            // An empty view of a piece would keep all of it.
            piece = part.length < piece.length ? piece.subarray(part.length) : nothing;
            left -= part.length;
            yield part;
          }
        } finally {
          waiting--;
          release();
        }
      })();
    },
  };
}
