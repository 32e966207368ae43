/** Notices when what was read of a layer is not what is there any more. */
import { type Stats, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PatchError } from '../errors.ts';
import { type DirectoryLayer, openDirectory } from '../layer/directory-layer.ts';
import { deleteEntriesFile, layerFile } from '../layer/layer-json.ts';
import type { EntryName } from '../layer/name.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import type { Odd } from '../layer/walk.ts';
import { pathIn } from './place.ts';
import { statsAt } from './stats.ts';

export interface WatchedLayer {
  readonly layer: DirectoryLayer;
  /** Refuses (E_BUSY) where a file that was read, or looked for, was changed since. Looks at no content. */
  readonly assertUnchanged: () => void;
}

/**
 * Opens a folder as `openDirectory` does. A patch is checked before its target is claimed, so that a refused one leaves no
 * trace; whatever comes between the check and the claim, or is edited before the commit, shows here.
 */
export function openWatched(
  to: string,
  registry: readonly string[],
  onOdd?: (odd: Odd) => void,
): WatchedLayer {
  const stamps = new Map<string, Stamp>();
  const note = (path: string): void => {
    if (!stamps.has(path)) stamps.set(path, stampOf(path));
  };
  for (const path of sidecarPaths(resolve(to), registry)) note(path);
  const layer = openDirectory(to, registry, onOdd);
  const { readOnly } = layer;
  const entry = async (name: EntryName): ReturnType<typeof readOnly.entry> => {
    // Their files are noted already.
    if (hiveRootOf(name) === null) note(placeOf(layer, name));
    return readOnly.entry(name);
  };
  return {
    layer: { ...layer, readOnly: { ...readOnly, entry } },
    assertUnchanged() {
      for (const [path, stamp] of stamps) {
        if (isSame(stampOf(path), stamp)) continue;
        throw new PatchError('E_BUSY', `${path}: was changed while the patch was prepared`, {
          entry: path,
          help: 'run it again when nobody else changes the target',
        });
      }
    },
  };
}

/** A name that the layer cannot have is refused elsewhere. */
function placeOf(layer: DirectoryLayer, name: EntryName): string {
  try {
    return pathIn(layer, name);
  } catch {
    return layer.directory;
  }
}

/** Which file it is, and when it was last written, renamed or changed otherwise. A folder changes with what is in it. */
type Stamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs'> | 'nothing' | 'a folder';

function stampOf(path: string): Stamp {
  const stats = statsAt(path);
  if (stats === null) return 'nothing';
  if (stats.isDirectory()) return 'a folder';
  const { dev, ino, size, ctimeMs } = stats;
  return { dev, ino, size, ctimeMs };
}

function isSame(a: Stamp, b: Stamp): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.ino === b.ino && a.ctimeMs === b.ctimeMs && a.size === b.size && a.dev === b.dev;
}

function sidecarPaths(directory: string, registry: readonly string[]): string[] {
  const readOnly = join(directory, 'read-only');
  const area = join(readOnly, 'registry');
  return [
    join(directory, layerFile),
    join(readOnly, deleteEntriesFile),
    ...registry.map((path) => resolve(path)),
    ...(statsAt(area)?.isDirectory() === true ? readdirSync(area).map((name) => join(area, name)) : []),
  ];
}
