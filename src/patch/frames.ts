/** How payloads are cut into frames: those of changes, one behind the other, then those of groups (FORMAT §6.1). */
import type { Digest } from '../bytes.ts';
import { malformed } from './schema.ts';

/** Size of every frame but the last of its kind, in bytes. */
export const frameSize = 4 * 1024 * 1024;

/** Frames of so many bytes together, or fewer, stand behind the index in its part (FORMAT §6.1). */
export const inlineFrames = 64 * 1024;

export function areInline(frames: readonly { readonly stored: number }[]): boolean {
  return frames.reduce((sum, frame) => sum + frame.stored, 0) <= inlineFrames;
}

export interface FrameRecord {
  /** Of the frame as it stands in the archive, as is `stored`; cut to nothing where frames are behind the index. */
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

/** Refuses (E_FORMAT) frames that are not the one way to cut so many bytes of changes, and so many of groups. */
export function assertFrames(
  frames: readonly FrameRecord[],
  changes: number,
  groups: number,
  what: string,
): void {
  const first = frameCount(changes);
  const count = first + frameCount(groups);
  if (frames.length !== count) {
    throw malformed(what, `frames: its payloads make ${count} frames, not ${frames.length}`);
  }
  frames.forEach((frame, at) => {
    const left = at < first ? changes - at * frameSize : groups - (at - first) * frameSize;
    const size = Math.min(frameSize, left);
    if (frame.size !== size) throw malformed(what, `frames[${at}].size: it is ${frame.size}, not ${size}`);
    if (frame.encoding.length > 1) throw malformed(what, `frames[${at}].encoding: it has more than one step`);
    const fits = frame.encoding.length === 0 ? frame.stored === size : frame.stored <= size;
    if (!fits)
      throw malformed(what, `frames[${at}].stored: ${frame.stored} does not go with the size ${size}`);
  });
}
