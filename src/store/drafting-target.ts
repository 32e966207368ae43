/** What every target on disk shares: a claimed work folder with drafts, from the first change to the end. */
import { assertDistinct, withFolders } from './distinct-names.ts';
import { type Drafts, createDrafts } from './drafts.ts';
import { type Gathering, createGathering } from './gather.ts';
import { isInterrupted } from './journal.ts';
import type { Target } from './target.ts';
import { claim, unclaim } from './work-folder.ts';

export interface DraftingOptions {
  /** The folder for drafts and backups; it is made with the first change, and gone at the end. */
  readonly work: string;
  /** Refuses, before anything is drafted, what cannot work. */
  readonly check?: () => void;
  /** Makes everything that was gathered visible, or nothing. */
  readonly commit: (gathered: Gathering, drafts: Drafts, signal: AbortSignal) => Promise<void>;
}

export function draftingTarget({ work, check, commit }: DraftingOptions): Target {
  const gathering = createGathering();
  let drafts: Drafts | null = null;
  const begin = (): Drafts => {
    if (drafts) return drafts;
    check?.();
    claim(work);
    try {
      return (drafts = createDrafts(work));
    } catch (error) {
      unclaim(work);
      throw error;
    }
  };
  const end = (): void => {
    // Where a commit could not be undone, the only copy of the old content is in the work folder.
    if (drafts && !isInterrupted(work)) drafts.release();
    if (drafts) unclaim(work);
    drafts = null;
  };
  return {
    identify: (identity) => gathering.identify(identity),
    stage: async (change, contents, signal) => gathering.stage(change, contents, begin(), signal),
    async commit(signal) {
      const made = begin();
      const changes = gathering.staged.map(({ change }) => change);
      withFolders(work, (folder) => assertDistinct(changes, folder));
      await commit(gathering, made, signal);
      end();
    },
    abort: async () => end(),
  };
}
