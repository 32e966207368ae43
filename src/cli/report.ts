/** What `create` and `inspect` say of a patch, as data. */
import type { Meta } from '../layer/layer.ts';
import { type Change, type ChangeKind, copyEncoding } from '../patch/change.ts';
import type { Cost } from '../patch/costs.ts';
import type { Group } from '../patch/group.ts';
import type { Manifest } from '../patch/manifest.ts';
import type { DeltaCount } from '../registry/delta/delta.ts';
import type { PatchFacts } from './read-patch.ts';
import type { Note } from './session.ts';

/** One change, however it is carried. */
export interface EntryReport {
  readonly kind: ChangeKind;
  readonly name: string;
  readonly type: string;
  /** Of the content after the change, in bytes. */
  readonly size: number;
  readonly from?: string;
}

export interface ChangeReport extends EntryReport {
  /** About how many bytes of the patch file it takes, and which part of that file, from 0 to 1. */
  readonly cost: number;
  readonly share: number;
  /** How the content is carried: `whole`, `cover/1`, `copy/1`, `registry/1`, …; null where there is none to carry. */
  readonly codec: string | null;
  /** Before compression into frames, in bytes; 0 where it is in a group. */
  readonly payload: number;
  /** The number of its group, where it is carried together with others. */
  readonly group?: number;
}

/** Files that are carried together. */
export interface GroupReport {
  readonly codec: string;
  readonly payload: number;
  /** How many files, and the sum of their sizes in bytes. */
  readonly files: number;
  readonly size: number;
  /** The files of the base that they are coded against. */
  readonly references: readonly string[];
}

type StateReport = Manifest['base'] & PatchFacts['states']['base'];

export interface PatchReport {
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly base: StateReport;
  readonly target: StateReport;
  /** Of the patch file, in bytes. */
  readonly size: number;
  readonly targetSize: number;
  /** Sum of the sizes of the contents that it carries, and what it takes beside them: manifest, index, signatures. In bytes. */
  readonly contents: number;
  readonly overhead: number;
  readonly sequence?: number;
  readonly notAfter?: string;
  readonly description?: string;
  readonly changes: readonly ChangeReport[];
  readonly groups: readonly GroupReport[];
  readonly registry: DeltaCount;
  readonly signatures: readonly { readonly keyId: string; readonly algorithm: 'ed25519' }[];
  readonly rules: Manifest['rules'];
  readonly notices: readonly Note[];
}

export function patchReport(
  facts: PatchFacts,
  costs: readonly Cost[],
  notices: readonly Note[],
): PatchReport {
  const { manifest, states, changes, groups, frames, size, registry, signatures } = facts;
  const { application, base, target, rules, sequence, notAfter, description } = manifest;
  return {
    id: application.id,
    name: application.name,
    from: base.version,
    to: target.version,
    base: { ...base, ...states.base },
    target: { ...target, ...states.target },
    size,
    targetSize: states.target.size,
    contents: changes.reduce((sum, change) => sum + (hasPayload(change) ? sizeOf(change.after) : 0), 0),
    overhead: size - frames.reduce((sum, { stored }) => sum + stored, 0),
    ...(sequence !== undefined && { sequence }),
    ...(notAfter !== undefined && { notAfter }),
    ...(description !== undefined && { description }),
    changes: changes.map((change, at) => changeReport(change, groups, costs[at]?.cost ?? 0, size)),
    groups: groups.map((group, number) => groupReport(group, number, changes)),
    registry,
    signatures: signatures.map((keyId) => ({ keyId, algorithm: 'ed25519' })),
    rules,
    notices,
  };
}

export function entryReport(change: Change): EntryReport {
  const { kind, name, after, before } = change;
  return {
    kind,
    name,
    type: (after ?? before).type,
    size: sizeOf(after),
    ...(kind === 'move' && { from: change.from }),
  };
}

function changeReport(change: Change, groups: readonly Group[], cost: number, whole: number): ChangeReport {
  const { group, payload } = change;
  const encoding = group === undefined ? change.encoding : (groups[group]?.encoding ?? []);
  return {
    ...entryReport(change),
    cost,
    share: whole === 0 ? 0 : Math.round((cost / whole) * 1e6) / 1e6,
    codec: isCarried(change) ? encoding.join('+') || 'whole' : null,
    payload,
    ...(group !== undefined && { group }),
  };
}

function groupReport(
  { encoding, payload, references }: Group,
  number: number,
  changes: readonly Change[],
): GroupReport {
  const members = changes.filter(({ group }) => group === number);
  const size = members.reduce((sum, { after }) => sum + sizeOf(after), 0);
  const names = references.map(({ name }) => name);
  return { codec: encoding.join('+'), payload, files: members.length, size, references: names };
}

export function sizeOf(meta: Meta | null): number {
  return meta && 'size' in meta ? meta.size : 0;
}

/** Of a copy, the base has the content. */
function hasPayload(change: Change): boolean {
  return isCarried(change) && change.encoding[0] !== copyEncoding;
}

function isCarried({ kind, after }: Change): boolean {
  return kind !== 'move' && (after?.type === 'file' || after?.type === 'hive');
}

export type KindCounts = Readonly<Record<ChangeKind, number>>;

export function countKinds(changes: readonly { readonly kind: ChangeKind }[]): KindCounts {
  const counts = { add: 0, modify: 0, move: 0, remove: 0 };
  for (const { kind } of changes) counts[kind]++;
  return counts;
}
