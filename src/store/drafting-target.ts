/** What every target on disk shares: a claimed work folder with drafts, from the first change to the end. */
import type { EntryName } from '../layer/name.ts';
import { PatchError, fromSystem } from '../errors.ts';
import { assertDistinct, withFolders } from './distinct-names.ts';
import type { Drafts } from './drafts.ts';
import { type Gathering, createGathering } from './gather.ts';
import type { OnBrought, Release, Target } from './target.ts';
import type { Claim } from './work-folder.ts';

export interface DraftingOptions {
  /** For messages. */
  readonly place: string;
  readonly claim: () => Promise<Claim>;
  readonly pathOf: (name: EntryName) => string;
  /** Refuses, before anything is drafted, what cannot work. */
  readonly check: (release: Release) => void;
  readonly drafts: () => Drafts;
  /** Makes everything that was gathered visible, or nothing. */
  readonly commit: (
    gathered: Gathering,
    drafts: Drafts,
    release: Release,
    signal: AbortSignal,
    onBrought: OnBrought | undefined,
  ) => Promise<void>;
}

export function draftingTarget({
  place,
  claim,
  pathOf,
  check,
  drafts: make,
  commit,
}: DraftingOptions): Target {
  const gathering = createGathering(pathOf);
  let claimed: Claim | null = null;
  let begun: { readonly drafts: Drafts; readonly release: Release } | null = null;
  const begin = (): NonNullable<typeof begun> => {
    if (begun) return begun;
    throw new PatchError('E_STAGE', 'a target has to be prepared before changes come to it', {
      help: 'deploy does that when it gets the plan: nothing between verify and deploy may take it out',
    });
  };
  const end = async (): Promise<void> => {
    begun = null;
    const given = claimed;
    claimed = null;
    await given?.release();
  };
  return {
    async prepare(release) {
      try {
        claimed ??= await claim();
        check(release);
        begun ??= { drafts: make(), release };
      } catch (error) {
        throw fromSystem(error, 'write', place);
      }
    },
    stage: async (change, contents, signal) => gathering.stage(change, contents, begin().drafts, signal),
    async commit(signal, onBrought) {
      const { drafts, release } = begin();
      try {
        const changes = gathering.staged.map(({ change }) => change);
        withFolders(claimed?.work ?? place, (folder) => assertDistinct(changes, folder));
        await commit(gathering, drafts, release, signal, onBrought);
      } catch (error) {
        throw fromSystem(error, 'write', place);
      }
      await end();
    },
    abort: end,
  };
}
