/** A target that nothing is written to: for a rehearsal of everything that can fail before the first write. */
import { dirname, join, resolve } from 'node:path';
import { throwIfCancelled } from '../errors.ts';
import { type DirectoryLayer, workFolder } from '../layer/directory-layer.ts';
import type { Change } from '../patch/change.ts';
import type { HiveRoot } from '../registry/hive.ts';
import { assertFree } from './copy-target.ts';
import { assertNotOlder, readHistory } from './history.ts';
import { assertOwnFolders, pathIn } from './place.ts';
import { hiveOf, isDeleteEntry, sidecarsOf } from './sidecars.ts';
import { assertSpace, costOf } from './space.ts';
import type { Release, Target } from './target.ts';
import { assertSettled } from './work-folder.ts';

export interface DryOptions {
  /** Stands for a new folder. */
  readonly out?: string | undefined;
  readonly allowDowngrade?: boolean | undefined;
}

/** Reads all contents to their ends, and refuses what the real target would refuse. */
export function dryTarget(layer: DirectoryLayer, { out, allowDowngrade = false }: DryOptions = {}): Target {
  const hives = new Map<HiveRoot, Uint8Array>();
  const deleteEntries: Change[] = [];
  let release: Release | null = null;
  return {
    async prepare(given) {
      release = given;
      assertSettled(join(layer.directory, workFolder));
      if (out !== undefined) assertFree(out);
      assertOwnFolders(layer);
      if (!allowDowngrade) assertNotOlder(readHistory(layer.directory), given);
      assertSpace(
        out === undefined ? layer.directory : dirname(resolve(out)),
        costOf(given.changes).extra,
        given.temporary,
      );
    },
    async stage(change, contents, signal) {
      const root = hiveOf(change);
      const pieces: Uint8Array[] = [];
      for await (const piece of contents ?? []) {
        throwIfCancelled(signal);
        if (root !== null) pieces.push(piece);
      }
      if (root !== null) hives.set(root, Buffer.concat(pieces));
      else if (isDeleteEntry(change)) deleteEntries.push(change);
      else pathIn(layer, change.name);
    },
    async commit() {
      sidecarsOf(layer, { hives, deleteEntries, identity: release?.identity ?? null });
    },
    abort: async () => undefined,
  };
}
