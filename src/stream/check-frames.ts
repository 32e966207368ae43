/** Whether the frames of a patch are those that it was made with: their digests, without decoding any. */
import { type Bytes, digestOf, sameDigest } from '../bytes.ts';
import { throwIfCancelled } from '../errors.ts';
import { openArchive, readPart } from '../patch/archive-reader.ts';
import { type FrameRecord, areInline } from '../patch/frames.ts';
import { type Limits, defaultLimits } from '../patch/limits.ts';
import { parsePartName } from '../patch/part-names.ts';
import { damagedFrame } from '../patch/payload.ts';

export interface FrameDigestOptions {
  readonly limits?: Partial<Limits>;
  readonly signal: AbortSignal;
}

/** E_DIGEST for one that is another. Frames behind the index are of its digest, which whoever knows the records has compared. */
export async function assertFrameDigests(
  archive: Bytes,
  frames: readonly FrameRecord[],
  { limits, signal }: FrameDigestOptions,
): Promise<void> {
  if (areInline(frames)) return;
  const { parts } = await openArchive(archive, { ...defaultLimits, ...limits });
  const stored = parts.filter(({ name }) => parsePartName(name)?.kind === 'frame');
  for (const [at, record] of frames.entries()) {
    throwIfCancelled(signal);
    const part = stored[at];
    const data = part?.size === record.stored ? await readPart(part, record.stored) : null;
    if (data === null || !sameDigest(digestOf(data), record.digest)) throw damagedFrame(at);
  }
}
