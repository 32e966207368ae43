/** A target that is changed where it is: a plain application directory, or a layer directory. */
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import type { EntryName } from '../layer/name.ts';
import { assemble } from './assemble.ts';
import { claimDirectory } from './claim-directory.ts';
import { draftingTarget } from './drafting-target.ts';
import { createDrafts } from './drafts.ts';
import {
  assertNotOlder,
  discarding,
  findUndo,
  historyAfter,
  historyFile,
  nextUndo,
  readHistory,
} from './history.ts';
import { awaitUnused } from './in-use.ts';
import { assertOwnFolders, pathIn } from './place.ts';
import { type Part, planFiles } from './plan-files.ts';
import { planSidecars } from './plan-sidecars.ts';
import type { Sidecar } from './sidecars.ts';
import { assertSpace, costOf } from './space.ts';
import type { Release, Target } from './target.ts';
import { createFlusher } from './transaction/flush.ts';
import { execute } from './transaction/transaction.ts';

export interface TargetOptions {
  /** Whether what is written is flushed to the disk, so that a power failure harms nothing; true if left out. */
  readonly durable?: boolean;
  /** Whether an older patch than the one applied before is welcome. */
  readonly allowDowngrade?: boolean;
  /** Refuses when the base is not what was compared with the patch any more (`openWatched`). */
  readonly assertUnchanged?: () => void;
}

export interface InPlaceOptions extends TargetOptions {
  /** `keep`: what was there before stays in `.vpa`, for `undo`. `none` if left out. */
  readonly backup?: 'none' | 'keep';
  /** Whether files are replaced although programs have them open. */
  readonly allowInUse?: boolean;
}

/** Drafts go to a folder inside of the target, so that every step of the commit is a rename on one file system. */
export function inPlaceTarget(layer: DirectoryLayer, options: InPlaceOptions = {}): Target {
  const { durable = true, allowDowngrade = false, allowInUse = false, backup = 'none' } = options;
  const { directory } = layer;
  const flusher = createFlusher(durable);
  const pathOf = (name: EntryName): string => pathIn(layer, name);
  let kept: ReturnType<typeof nextUndo> | null = null;
  let work = '';
  return draftingTarget({
    place: directory,
    pathOf,
    async claim() {
      const claim = await claimDirectory(directory, flusher);
      work = claim.work;
      return claim;
    },
    check(release) {
      options.assertUnchanged?.();
      assertOwnFolders(layer);
      if (!allowDowngrade) assertNotOlder(readHistory(directory), release);
      assertSpace(directory, costOf(release.changes).extra, release.temporary);
    },
    drafts() {
      kept = backup === 'keep' ? nextUndo(directory) : null;
      return createDrafts({ work, flusher, keep: kept });
    },
    async commit({ staged, sidecars }, drafts, release, signal) {
      const files = planFiles(staged, pathOf, drafts);
      const beside = [
        ...sidecars(layer, release.identity),
        ...historySidecar(directory, release, kept !== null),
      ];
      const others = await planSidecars(beside, directory, drafts, signal);
      const { identity, from } = release;
      const transaction = assemble([files, others, discardingPart(directory)], {
        root: directory,
        patch: {
          ...{ id: identity.id, name: identity.name, from, to: identity.version },
          ...(release.repair && { repair: release.repair }),
        },
        keep: kept?.folder ?? null,
      });
      await drafts.flush();
      if (!allowInUse)
        await awaitUnused(
          transaction.takes.map(({ path }) => path),
          signal,
        );
      options.assertUnchanged?.();
      await execute(work, transaction, { root: directory, flusher, signal });
    },
  });
}

function historySidecar(directory: string, release: Release, keep: boolean): Sidecar[] {
  const content = historyAfter(readHistory(directory), release, keep);
  return content ? [{ path: historyFile(directory), content }] : [];
}

/** A backup of an earlier state does not fit any more when this patch is applied. */
function discardingPart(directory: string): Part {
  const undo = findUndo(directory);
  return { takes: undo ? [discarding(undo)] : [], puts: [], modes: [], restore: [] };
}
