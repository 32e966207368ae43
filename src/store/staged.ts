/** Changes that wait for their commit. */
import { PatchError } from '../errors.ts';
import type { Change } from '../patch/change.ts';
import type { Drafts } from './drafts.ts';

/** A change of a file, directory or link, and the draft of what comes to its place. */
export interface Staged {
  readonly change: Change;
  readonly draft: string | null;
}

/**
 * Drafts the content of one change. Hives and delete entries are not files: their owner writes them. `modeNow`: the mode
 * of the file before, for a patch that knows of none because it was made where there are none.
 */
export async function draftOf(
  change: Change,
  contents: AsyncIterable<Uint8Array> | null,
  modeNow: () => number | undefined,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<Staged> {
  const { after, before, kind } = change;
  if (after?.type === 'link') return { change, draft: drafts.link(after.to) };
  if (after?.type !== 'file' || kind === 'move') return { change, draft: null };
  // Without contents the file stays, with another mode. Digests do not decide that: those of a patch are cut short.
  if (!contents && before?.type === 'file' && before.size === after.size) return { change, draft: null };
  if (!contents) throw new PatchError('E_STAGE', `${change.name}: has no content`, { entry: change.name });
  const mode = after.mode ?? (before?.type === 'file' ? modeNow() : undefined);
  return { change, draft: await drafts.file(contents, mode, signal) };
}
