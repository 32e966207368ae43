/** The first half of every target: takes the changes in, drafts what is a file, keeps the rest until the commit. */
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import type { Identity } from '../layer/layer.ts';
import { type EntryName, compareNames } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import type { HiveRoot } from '../registry/hive.ts';
import type { Drafts } from './drafts.ts';
import { type Sidecar, hiveOf, isDeleteEntry, sidecarsOf } from './sidecars.ts';
import { type Staged, draftOf } from './staged.ts';

export interface Gathering {
  stage(
    change: Change,
    contents: AsyncIterable<Uint8Array> | null,
    drafts: Drafts,
    signal: AbortSignal,
  ): Promise<void>;
  /** In byte order of names, in whatever order they came. */
  readonly staged: readonly Staged[];
  readonly sidecars: (layer: DirectoryLayer, identity: Identity | null) => Sidecar[];
}

/** `pathOf` tells where an entry is now. */
export function createGathering(pathOf: (name: EntryName) => string): Gathering {
  const staged: Staged[] = [];
  const hives = new Map<HiveRoot, Uint8Array>();
  const deleteEntries: Change[] = [];
  return {
    get staged() {
      return staged.toSorted((a, b) => compareNames(a.change.name, b.change.name));
    },
    async stage(change, contents, drafts, signal) {
      const root = hiveOf(change);
      if (root !== null) {
        const pieces: Uint8Array[] = [];
        for await (const piece of contents ?? []) pieces.push(piece);
        hives.set(root, Buffer.concat(pieces));
        return;
      }
      if (isDeleteEntry(change)) deleteEntries.push(change);
      const filed = fileSide(change);
      if (filed) staged.push(await draftOf(filed, contents, pathOf, drafts, signal));
    },
    sidecars: (layer, identity) => sidecarsOf(layer, { hives, deleteEntries, identity }),
  };
}

/** What a change does to files, where a file gives way to a delete entry or the other way round; null for nothing. */
function fileSide(change: Change): Change | null {
  const { name, encoding, payload, before, after } = change;
  if (before?.type !== 'delete-entry' && after?.type !== 'delete-entry') return change;
  if (before && before.type !== 'delete-entry')
    return { kind: 'remove', name, encoding, payload, before, after: null };
  if (after && after.type !== 'delete-entry')
    return { kind: 'add', name, encoding, payload, before: null, after };
  return null;
}
