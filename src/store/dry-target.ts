/** A target that nothing is written to: for a rehearsal of everything that can fail before the first write. */
import { throwIfCancelled } from '../errors.ts';
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import type { Identity } from '../layer/layer.ts';
import type { Change } from '../patch/change.ts';
import type { HiveRoot } from '../registry/hive.ts';
import { assertFree } from './copy-target.ts';
import { pathIn } from './in-place-target.ts';
import { hiveOf, isDeleteEntry, sidecarsOf } from './sidecars.ts';
import type { Target } from './target.ts';

/** Reads all contents to their ends, and refuses what the real target would refuse; `out` stands for a new folder. */
export function dryTarget(layer: DirectoryLayer, out?: string): Target {
  const hives = new Map<HiveRoot, Uint8Array>();
  const deleteEntries: Change[] = [];
  let identity: Identity | null = null;
  return {
    identify: (known) => {
      identity = known;
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
      if (out !== undefined) assertFree(out);
      sidecarsOf(layer, { hives, deleteEntries, identity });
    },
    abort: async () => undefined,
  };
}
