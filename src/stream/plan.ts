/** What a verified patch is going to do, before any of it is done. */
import type { Bytes } from '../bytes.ts';
import type { Change } from '../patch/change.ts';
import type { FrameRecord } from '../patch/frames.ts';
import type { Group } from '../patch/group.ts';
import type { States } from '../patch/index-table.ts';
import type { Manifest } from '../patch/manifest.ts';
import type { Touched } from '../patch/touched.ts';

export interface PlannedGroup extends Group {
  /** Its payload; read and checked when it is needed. */
  readonly bytes: Bytes;
}

export interface Plan {
  readonly manifest: Manifest;
  readonly states: States;
  /** All changes, in byte order of names. The digests in them are cut short (FORMAT §5.2). */
  readonly changes: readonly Change[];
  readonly groups: readonly PlannedGroup[];
  readonly frames: readonly FrameRecord[];
  readonly touched: Touched;
  /** Key ids of the trusted signatures. */
  readonly trusted: readonly string[];
  /** Where several patches are applied as one: the manifests of those before the last. */
  readonly earlier?: readonly Manifest[];
  /** Then also the most that waits in temporary files between one patch and the next, in bytes. */
  readonly temporary?: number;
}

/** The contents of files that it makes, in bytes; what a hive takes is not known before. */
export function sizeOfContents({ changes }: Pick<Plan, 'changes'>): number {
  return changes.reduce(
    (sum, { after, kind }) => sum + (after?.type === 'file' && kind !== 'move' ? after.size : 0),
    0,
  );
}
