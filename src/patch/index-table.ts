/** The index (FORMAT §5): all changes, the groups that their contents are coded in, and the frames of the payloads. */
import { z } from 'zod';
import { tooLarge } from '../bytes.ts';
import type { Change } from './change.ts';
import { changeSchema, referenceSchema } from './change-record.ts';
import { assertChanges } from './change-rules.ts';
import { assertFrames, type FrameRecord } from './frames.ts';
import type { Group } from './group.ts';
import { assertGroups } from './group-rules.ts';
import { formatIndex, parseIndex } from './index-wire.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { conform, digestPrefix, encoding, malformed, objectOf, whole } from './schema.ts';
import type { Touched } from './touched.ts';

/** How large a state is; for people, and for whoever draws progress. */
export interface StateSize {
  readonly entries: number;
  /** Sum of the files' sizes in bytes. */
  readonly size: number;
}

export interface States {
  readonly base: StateSize;
  readonly target: StateSize;
}

export interface PatchIndex {
  readonly states: States;
  /** In byte order of their names. */
  readonly changes: readonly Change[];
  readonly groups: readonly Group[];
  readonly frames: readonly FrameRecord[];
  readonly touched: Touched;
}

const what = 'the index';

/** The content of the part `index`, decoded. E_FORMAT when the changes, groups or frames break a rule of the format. */
export function encodeIndex(index: PatchIndex): Uint8Array {
  assertIndex(index, defaultLimits);
  return formatIndex(index);
}

/**
 * Reads the decoded index of a patch. The digests of its records are cut short (FORMAT §5.2). E_FORMAT for anything malformed, E_NAME
 * for unsafe names and links, E_LIMIT.
 */
export function decodeIndex(data: Uint8Array, limits: Limits = defaultLimits): PatchIndex {
  if (data.length > limits.index) throw tooLarge(what, data.length, limits.index);
  const index = conform(schema, parseIndex(data, limits), what);
  assertIndex(index, limits);
  // FORMAT §5.1: one index has one form.
  if (Buffer.compare(formatIndex(index), data) !== 0) throw malformed(what, 'it is not in its one form');
  return index;
}

const stateSize = objectOf({ entries: whole, size: whole }, false);
const schema: z.ZodType<PatchIndex> = objectOf(
  {
    states: objectOf({ base: stateSize, target: stateSize }, false),
    changes: z.array(changeSchema),
    groups: z.array(objectOf({ encoding, references: z.array(referenceSchema), payload: whole }, false)),
    frames: z.array(objectOf({ digest: digestPrefix, encoding, size: whole, stored: whole }, false)),
    touched: objectOf({ before: digestPrefix, after: digestPrefix }, false),
  },
  false,
);

function assertIndex({ changes, groups, frames }: PatchIndex, limits: Limits): void {
  assertChanges(changes, limits, what);
  assertGroups(groups, changes, limits, what);
  // Sums above 2^53 are inexact, but far above what any list of frames can hold.
  const sum = (list: readonly { readonly payload: number }[]): number =>
    list.reduce((total, one) => total + one.payload, 0);
  assertFrames(frames, sum(changes), sum(groups), what);
}
