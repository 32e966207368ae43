/** Random access to the payloads of a patch through its frames: only checked frames are decoded, few are kept. */
import { type Bytes, assertRange, digestOf, sameDigest } from '../bytes.ts';
import type { Compressor } from '../compress/compressor.ts';
import { PatchError } from '../errors.ts';
import { type FrameRecord, frameSize } from './frames.ts';

/** A frame's record and its bytes as they stand in the archive. */
export interface StoredFrame {
  readonly record: FrameRecord;
  readonly bytes: Bytes;
}

/** Decoded frames that are kept for the next read. */
const keptFrames = 4;

/**
 * The sequence of all payloads (FORMAT §6.1). A frame is read when it is needed, its digest compared, then decoded.
 * E_DIGEST for a frame that is not the one that was signed, E_CODEC for an unknown compressor.
 */
export function payloadOf(frames: readonly StoredFrame[], compressors: readonly Compressor[]): Bytes {
  const kept = new Map<number, Promise<Uint8Array>>();
  const load = (at: number): Promise<Uint8Array> => {
    const known = kept.get(at);
    const frame = frames[at];
    if (!frame) throw new PatchError('E_FORMAT', `there is no frame ${at}`);
    const loading = known ?? decodeFrame(frame, at, compressors);
    kept.delete(at);
    kept.set(at, loading);
    for (const oldest of kept.keys()) {
      if (kept.size <= keptFrames) break;
      kept.delete(oldest);
    }
    return loading;
  };
  const size = frames.reduce((sum, { record }) => sum + record.size, 0);
  return {
    size,
    read: async (offset, length) => {
      assertRange(offset, length, size);
      const first = Math.floor(offset / frameSize);
      const start = offset - first * frameSize;
      if (start + length <= frameSize) {
        return length === 0 ? new Uint8Array() : (await load(first)).subarray(start, start + length);
      }
      const data = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const at = Math.floor((offset + done) / frameSize);
        const part = (await load(at)).subarray(offset + done - at * frameSize).subarray(0, length - done);
        data.set(part, done);
        done += part.length;
      }
      return data;
    },
  };
}

/** Law 3: the digest comes first, whatever the decoder would make of the bytes. */
async function decodeFrame(
  { record, bytes }: StoredFrame,
  at: number,
  compressors: readonly Compressor[],
): Promise<Uint8Array> {
  const name = frameName(at);
  if (bytes.size !== record.stored) throw damagedFrame(at);
  let data = await bytes.read(0, bytes.size);
  if (!sameDigest(digestOf(data), record.digest)) throw damagedFrame(at);
  for (const id of record.encoding.toReversed()) {
    const compressor = compressors.find((one) => one.id === id);
    if (!compressor) throw unknownCodec(id, name);
    data = await compressor.decompress(data, record.size);
  }
  if (data.length !== record.size) {
    throw new PatchError('E_FORMAT', `${name} has ${data.length} bytes, not ${record.size}`, { entry: name });
  }
  return data;
}

function frameName(at: number): string {
  return `frame ${at}`;
}

/** E_DIGEST for the frame with that number. */
export function damagedFrame(at: number): PatchError {
  const name = frameName(at);
  return new PatchError('E_DIGEST', `${name} is not the one that the patch was made with`, {
    entry: name,
    help: 'the file is damaged or was changed: get the patch again',
  });
}

export function unknownCodec(id: string, entry: string): PatchError {
  return new PatchError('E_CODEC', `${entry} is coded with '${id}', which this program does not know`, {
    entry,
    help: 'update this program, or give it the codec',
  });
}
