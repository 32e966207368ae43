/** An .xz stream that was flushed after each section, and is decoded section by section. */
import { type Claim, History } from './history.ts';
import { Lzma2Decoder } from './lzma2.ts';
import { readXzHead } from './stream-header.ts';

export interface XzSections {
  /**
   * The next section, which must give exactly `size` bytes; they stay valid until the next call. E_FORMAT otherwise,
   * and whatever `claim` throws when its memory is refused.
   */
  next(data: Uint8Array, size: number): Uint8Array;
}

/** `claim` is asked before memory is taken: at most 1.5 dictionaries, or one and the section. */
export function xzSections(claim: Claim): XzSections {
  const decoder = new Lzma2Decoder();
  let history: History | undefined;
  return {
    next: (data, size) => {
      let chunks = data;
      if (history === undefined) {
        const head = readXzHead(data);
        chunks = data.subarray(head.length);
        history = new History(head.dictionary, claim);
      }
      const start = history.reserve(size);
      decoder.decode(chunks, size, history);
      return history.since(start);
    },
  };
}
