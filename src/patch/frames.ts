/** How the payloads of all changes, one behind the other, are cut into frames (FORMAT §6.1). */
import type { Digest } from '../bytes.ts';
import { malformed } from './schema.ts';

/** Size of every frame but the last, in bytes. */
export const frameSize = 4 * 1024 * 1024;

/** An archive has at most 65,534 entries (FORMAT §2), and two of them are the manifest and the index. */
export const maxFrames = 65_532;

export interface FrameRecord {
  /** Of the frame as it stands in the archive, as is `stored`. */
  readonly digest: Digest;
  /** `['brotli/1']`, or empty where the frame stands as it is. */
  readonly encoding: readonly string[];
  /** In bytes, decoded. */
  readonly size: number;
  readonly stored: number;
}

export function frameCount(payload: number): number {
  return Math.ceil(payload / frameSize);
}

/** Refuses (E_FORMAT) frames that are not the one way to cut `payload` bytes. */
export function assertFrames(frames: readonly FrameRecord[], payload: number, what: string): void {
  if (frames.length !== frameCount(payload)) {
    throw malformed(
      what,
      `frames: payloads of ${payload} bytes make ${frameCount(payload)} frames, not ${frames.length}`,
    );
  }
  frames.forEach((frame, at) => {
    const size = Math.min(frameSize, payload - at * frameSize);
    if (frame.size !== size) throw malformed(what, `frames[${at}].size: it is ${frame.size}, not ${size}`);
    const fits = frame.encoding.length === 0 ? frame.stored === size : frame.stored <= size;
    if (!fits)
      throw malformed(what, `frames[${at}].stored: ${frame.stored} does not go with the size ${size}`);
  });
}
