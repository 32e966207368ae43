/** When entries of a directory were last written, and whether that was after the last patch was applied. */
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import type { Layer } from '../layer/layer.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import type { EntryName } from '../layer/name.ts';
import { historyFile } from './history.ts';
import { pathIn } from './place.ts';
import { statsAt } from './stats.ts';

export interface Written {
  readonly written: string;
  /** Absent where nobody knows when a patch was applied last. */
  readonly sinceApply?: boolean;
}

/**
 * What file systems and clocks say, and no more: whoever copies a file may bring its old time along. A patch writes the
 * history behind its files, so that whatever is newer was written by somebody else.
 */
export function writtenIn(layer: Layer): (name: EntryName) => Written | null {
  if (!isDirectory(layer)) return () => null;
  const applied = statsAt(historyFile(layer.directory))?.mtimeMs;
  return (name) => {
    // A hive may be in several files.
    if (hiveRootOf(name) !== null) return null;
    const stats = statsAt(pathIn(layer, name));
    if (stats?.isFile() !== true) return null;
    const written = stats.mtime.toISOString();
    return { written, ...(applied !== undefined && { sinceApply: stats.mtimeMs > applied }) };
  };
}

function isDirectory(layer: Layer): layer is DirectoryLayer {
  return 'directory' in layer && 'registryFiles' in layer;
}
