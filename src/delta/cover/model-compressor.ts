/** The compressor `model/1` (FORMAT §6.5): a block of `cover/1` without a reference. For small parts, of which it makes the most. */
import type { Compressor } from '../../compress/compressor.ts';
import { tooLarge } from '../../bytes.ts';
import {
  type Stream,
  type StreamPlan,
  damaged,
  longestHeader,
  parseHeader,
  profile,
} from './block-format.ts';
import { decodeContent, decodeCovers } from './decode-block.ts';
import { encodeBlock } from './encode-block.ts';
import type { Window } from './match-block.ts';

const nothing: Window = { key: '', bytes: new Uint8Array(), ranges: [], reference: 0 };

/** Stands for no bytes at all, since no block is empty: a size of 0. */
const empty = Uint8Array.of(0);

/** What it compresses has at most 8 MiB: a model takes a second for each. */
export const modelLimit = 8 << 20;

/** E_LIMIT for data above the limit. */
export function modelCompressor(): Compressor {
  return {
    id: 'model/1',
    async compress(data) {
      if (data.length > modelLimit) throw tooLarge('what is to be modelled', data.length, modelLimit);
      if (data.length === 0) return empty;
      return encodeBlock({ target: data, window: nothing, profile: profile.binary, level: 'default' });
    },
    async decompress(data, limit) {
      if (Buffer.compare(data, empty) === 0) return new Uint8Array();
      const plan = parseHeader(data.subarray(0, longestHeader), modelLimit);
      if (plan.size > limit) throw tooLarge('what was modelled', plan.size, limit);
      if (plan.profile === profile.text) throw damaged('its profile is not that of binary data');
      let at = plan.head;
      const next = (stream: StreamPlan): Stream => {
        at += stream.stored;
        return { ...stream, bytes: data.subarray(at - stream.stored, at) };
      };
      const [covers, ...others] = plan.streams;
      const coverStream = next(covers);
      const [differences, literals] = [next(others[0]), next(others[1])];
      if (at !== data.length) throw damaged('it is cut off, or too long');
      const found = decodeCovers({ header: plan, stream: coverStream, reference: 0 });
      const tails = new Uint8Array(); // no cover is from a reference
      const block = new Uint8Array(plan.size);
      return decodeContent({
        header: plan,
        records: found,
        reference: 0,
        block,
        tails,
        differences,
        literals,
      });
    },
  };
}
