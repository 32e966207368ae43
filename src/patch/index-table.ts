/** The index (FORMAT §5): all changes, and the frames that their payloads stand in. */
import { z } from 'zod';
import { tooLarge } from '../bytes.ts';
import { fromCanonicalJson, toCanonicalJson } from './canonical-json.ts';
import type { Change } from './change.ts';
import { changeSchema } from './change-record.ts';
import { assertChanges } from './change-rules.ts';
import { assertFrames, type FrameRecord } from './frames.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { conform, digest, encoding, formatVersion, malformed, objectOf, whole } from './schema.ts';

export interface PatchIndex {
  /** In byte order of their names. */
  readonly changes: readonly Change[];
  readonly frames: readonly FrameRecord[];
}

const what = 'the index';

/** The content of the entry `index`, decoded. E_FORMAT when the changes or frames break a rule of the format. */
export function encodeIndex(index: PatchIndex): Uint8Array {
  assertIndex(index, defaultLimits);
  return toCanonicalJson(index);
}

/**
 * Reads the decoded index of a patch and holds it against the manifest. E_FORMAT for anything malformed, E_NAME for
 * unsafe names and links, E_LIMIT.
 */
export function decodeIndex(
  data: Uint8Array,
  manifest: Pick<Manifest, 'format' | 'payload'>,
  limits: Limits = defaultLimits,
): PatchIndex {
  if (data.length > limits.index) throw tooLarge(what, data.length, limits.index);
  const index = conform(indexSchema(manifest.format > formatVersion), fromCanonicalJson(data, what), what);
  assertIndex(index, limits);
  const { frames, size, stored } = manifest.payload;
  const sum = (field: 'size' | 'stored'): number =>
    index.frames.reduce((total, frame) => total + frame[field], 0);
  if (index.frames.length !== frames || sum('size') !== size || sum('stored') !== stored) {
    throw malformed(what, 'frames: they are not those of the manifest');
  }
  return index;
}

function indexSchema(lenient: boolean): z.ZodType<PatchIndex> {
  const frame = objectOf({ digest, encoding, size: whole, stored: whole }, lenient);
  return objectOf({ changes: z.array(changeSchema(lenient)), frames: z.array(frame) }, lenient);
}

function assertIndex({ changes, frames }: PatchIndex, limits: Limits): void {
  assertChanges(changes, limits, what);
  // A sum above 2^53 is inexact, but far above what any list of frames can hold.
  const payload = changes.reduce((total, change) => total + change.payload, 0);
  assertFrames(frames, payload, what);
}
