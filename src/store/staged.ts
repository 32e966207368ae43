/** Changes that wait for their commit. */
import { chunksOf } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { openFile } from '../layer/file-bytes.ts';
import type { EntryName } from '../layer/name.ts';
import { platformHasModes } from '../layer/walk.ts';
import type { Change } from '../patch/change.ts';
import type { Drafts } from './drafts.ts';
import { statsAt } from './stats.ts';
import { modeAt } from './transaction/access.ts';

/** A change of a file, directory or link, and the draft of what comes to its place. */
export interface Staged {
  readonly change: Change;
  readonly draft: string | null;
}

/**
 * Drafts the content of one change. Hives and delete entries are not files: their owner writes them. `pathOf` tells where an
 * entry is before.
 */
export async function draftOf(
  change: Change,
  contents: AsyncIterable<Uint8Array> | null,
  pathOf: (name: EntryName) => string,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<Staged> {
  const { after, before, kind } = change;
  if (after?.type === 'link') return { change, draft: drafts.link(after.to) };
  if (after?.type !== 'file') return { change, draft: null };
  // Without contents the file stays, with another mode. Digests do not decide that: those of a patch are cut short.
  if (kind === 'move' || (!contents && before?.type === 'file' && before.size === after.size)) {
    const path = pathOf(kind === 'move' ? change.from : change.name);
    if (!sharesMode(path, after.mode)) return { change, draft: null };
    return { change, draft: await drafts.file(chunksOf(openFile(path)), after.mode, signal) };
  }
  if (!contents) throw new PatchError('E_STAGE', `${change.name}: has no content`, { entry: change.name });
  // A patch knows of no mode where it was made where there are none.
  const mode =
    after.mode ?? (before?.type === 'file' ? (modeAt(pathOf(change.name)) ?? undefined) : undefined);
  return { change, draft: await drafts.file(contents, mode, signal) };
}

/** Whether the file has other names (hard links), perhaps outside of the target, that must not get its new mode. */
function sharesMode(path: string, mode: number | undefined): boolean {
  if (!platformHasModes || mode === undefined) return false;
  const stats = statsAt(path);
  return stats !== null && stats.isFile() && stats.nlink > 1 && (stats.mode & 0o7777) !== mode;
}
