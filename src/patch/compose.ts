/** Several patches, one behind the other, as what they come to together: pure, from their records alone. */
import type { Meta } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import type { Change } from './change.ts';
import type { Group } from './group.ts';
import { type Left, createJourney } from './journey.ts';
import { netChanges } from './net-changes.ts';

/** A patch, as far as it matters here. */
export interface Part {
  readonly label: string;
  readonly changes: readonly Change[];
  readonly groups: readonly Group[];
}

/** What has to be there before the first patch, because one of them needs it. */
export interface Expected {
  /** Null: nothing may be there, or a folder where `folder` says so. */
  readonly meta: Meta | null;
  readonly folder: boolean;
  /** The first patch that needs it, by number. */
  readonly step: number;
}

/** A content that a patch makes, and what becomes of it. */
export interface Content {
  readonly step: number;
  /** Its name when it is made. */
  readonly name: EntryName;
  readonly size: number;
  /** What later patches need of it: to compare it, or to read it. */
  readonly keep: 'nothing' | 'digest' | 'bytes';
  /** The last patch that needs it, by number. */
  readonly until: number;
  /** The net change that brings it to the target; null where a later patch replaces or removes it. */
  readonly final: EntryName | null;
}

export interface Composed {
  /** In byte order of names. The contents of those that bring one come from `contents`, or from `copies`. */
  readonly changes: readonly Change[];
  /** For each patch: the contents that it makes, by the names of its changes. */
  readonly contents: readonly ReadonlyMap<EntryName, Content>[];
  /** Net changes whose content is a file of the base under another name. */
  readonly copies: ReadonlyMap<EntryName, EntryName>;
  readonly expected: ReadonlyMap<EntryName, Expected>;
  /** What is at each name that a patch touches, in the end. */
  readonly left: ReadonlyMap<EntryName, Left>;
}

/**
 * What applying the patches one after the other comes to. A file that one adds and another removes is in no change; a file
 * that several change is in one; moves behind moves are one. E_BASE_MISMATCH where one does not fit behind another.
 */
export function compose(parts: readonly Part[]): Composed {
  const journey = createJourney();
  parts.forEach((part, step) => {
    journey.pass(part, step);
  });
  const { changes, copies } = netChanges(journey);
  return {
    changes,
    copies,
    expected: journey.expected,
    contents: parts.map((_, step) => journey.contentsOf(step)),
    left: journey.left,
  };
}
