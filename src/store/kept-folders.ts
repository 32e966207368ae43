/** Folders that a patch removes, but that have stayed, since there are files in them that are not the application's. */
import type { EntryName } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import { statsAt } from './stats.ts';
import type { Target } from './target.ts';

/** The target, and what it has kept after a commit. Nothing that a patch does not name is ever removed. */
export function tellingKept(
  target: Target,
  pathOf: (name: EntryName) => string,
  onKept: (names: readonly EntryName[]) => void,
): Target {
  let changes: readonly Change[] = [];
  return {
    ...target,
    async prepare(release, signal) {
      changes = release.changes;
      await target.prepare(release, signal);
    },
    async commit(signal, onBrought) {
      await target.commit(signal, onBrought);
      const kept = changes.filter(isGone).filter(({ name }) => statsAt(pathOf(name)) !== null);
      if (kept.length > 0) onKept(kept.map(({ name }) => name));
    },
  };
}

function isGone({ before, after }: Change): boolean {
  return before?.type === 'directory' && after === null;
}
