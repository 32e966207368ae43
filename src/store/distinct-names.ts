/** Names that a file system takes for one (FORMAT §9): it folds case, or the ways to write a letter with its accent. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PatchError } from '../errors.ts';
import type { EntryName } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import { statsAt } from './stats.ts';

/** An empty folder for names to be tried in. */
export interface Folder {
  /** Takes the name; false where it is taken, perhaps in another spelling. */
  readonly take: (name: string) => boolean;
}

/**
 * Refuses (E_NAME) changes of which two names, or two folders that they are in, are one place, before the patch or after
 * it; a change of case alone is none of these. `folder` gives a new folder of the file system that decides; it is
 * asked for only where there are names that some file system folds.
 */
export function assertDistinct(changes: readonly Change[], folder: () => Folder): void {
  const after = changes.flatMap((change) => (change.after ? [change.name] : []));
  const before = changes.flatMap((change) =>
    change.kind === 'move' ? [change.from] : change.before ? [change.name] : [],
  );
  for (const names of [before, after]) {
    for (const spellings of alike(names)) {
      const { take } = folder();
      const twin = spellings.find((name) => !take(name.slice(name.lastIndexOf('/') + 1)));
      if (twin === undefined) continue;
      throw new PatchError('E_NAME', `${twin}: this file system takes it for another name of the patch`, {
        entry: twin,
        help: 'apply it where names that differ in case or accents only are different, or make it again without',
        details: spellings,
      });
    }
  }
}

/** Names of one folder that some file system may take for one; folders count as names of theirs. */
function alike(names: readonly EntryName[]): string[][] {
  const seen = new Set<string>();
  const groups = new Map<string, string[]>();
  for (const name of names) {
    for (let one: string = name; one !== '' && !seen.has(one);) {
      seen.add(one);
      const slash = one.lastIndexOf('/');
      const key = one.slice(0, slash + 1) + fold(one.slice(slash + 1));
      const group = groups.get(key);
      if (group) group.push(one);
      else groups.set(key, [one]);
      one = one.slice(0, Math.max(0, slash));
    }
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Equal for all names that any file system takes for one, and for some more: which ones, it is asked itself. */
function fold(name: string): string {
  return name.normalize('NFKD').toLowerCase().toUpperCase().normalize('NFKD');
}

/** Runs with folders made below `parent`, and removes them afterwards. */
export function withFolders<T>(parent: string, use: (folder: () => Folder) => T): T {
  const root = join(parent, 'names');
  let count = 0;
  try {
    return use(() => {
      const folder = join(root, String(count++));
      mkdirSync(folder, { recursive: true });
      return {
        take: (name) => {
          const path = join(folder, name);
          if (statsAt(path)) return false;
          writeFileSync(path, '', { flag: 'wx' });
          return true;
        },
      };
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
