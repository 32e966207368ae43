/** What a patch touches, before and after, as one digest each (FORMAT §5.4): so that its many records need but a few bytes of theirs. */
import type { Digest } from '../bytes.ts';
import { stateDigest } from '../layer/inventory.ts';
import type { Meta } from '../layer/layer.ts';
import { compareNames, type EntryName } from '../layer/name.ts';
import type { Change, Reference } from './change.ts';
import type { Group } from './group.ts';

export interface Line {
  readonly name: EntryName;
  readonly meta: Meta;
}

export interface Touched {
  /** Of what is changed, moved away, or coded against, as it is in the base. */
  readonly before: Digest;
  /** Of what is added, changed, or moved there, as it is in the target. */
  readonly after: Digest;
}

/** Entries of the base that the changes need as they are, in byte order. */
export function entriesBefore(changes: readonly Change[], groups: readonly Group[]): Line[] {
  const lines = new Map<EntryName, Meta>();
  const refer = ({ name, size, digest }: Reference): void => {
    if (!lines.has(name)) lines.set(name, { type: 'file', size, digest });
  };
  for (const change of changes) {
    if (change.before) lines.set(change.kind === 'move' ? change.from : change.name, change.before);
  }
  for (const { reference } of changes) if (reference) refer(reference);
  for (const { references } of groups) references.forEach(refer);
  return [...lines].map(([name, meta]) => ({ name, meta })).sort((a, b) => compareNames(a.name, b.name));
}

/** Entries that the changes make, in byte order. */
export function entriesAfter(changes: readonly Change[]): Line[] {
  return changes.flatMap(({ name, after }) => (after ? [{ name, meta: after }] : []));
}

/** The digests of both; the metadata has to have whole digests. */
export function touchedBy(changes: readonly Change[], groups: readonly Group[]): Touched {
  return { before: stateDigest(entriesBefore(changes, groups)), after: stateDigest(entriesAfter(changes)) };
}

/**
 * The lines with the digests of what is there: `known` gives them for files and hives. Where it gives none, the line stays as it is, and the
 * digest of all will not be right.
 */
export function withDigests(lines: readonly Line[], known: (name: EntryName) => Digest | undefined): Line[] {
  return lines.map(({ name, meta }) => {
    const digest = meta.type === 'file' || meta.type === 'hive' ? known(name) : undefined;
    return digest === undefined || !('digest' in meta) ? { name, meta } : { name, meta: { ...meta, digest } };
  });
}
