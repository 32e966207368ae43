/**
 * What a record may speak of. Who can write into a target can write a record there, or leave one in an archive that is unpacked: it
 * must not move anything elsewhere. Links on the way are looked at when the record is carried out.
 */
import { basename, dirname, join } from 'node:path';
import { historyFolder, workFolder } from '../../layer/directory-layer.ts';
import { besideNames, isBackupBeside } from './beside.ts';
import { isInside } from './inside.ts';
import type { Transaction } from './record.ts';

/**
 * Throws where a path is none that a run writes down whose record is in `folder`: things are in the target (or are the new
 * folder and what belongs to it), drafts and backups are in folders of ours; and what is outside has both beside it.
 */
export function assertBounds(
  { keep, modes, puts, restore, takes }: Transaction,
  root: string,
  folder: string,
): void {
  const history = join(root, historyFolder);
  const work = isInside(folder, history) ? join(root, workFolder) : folder;
  const isOurs = (path: string): boolean => isInside(path, work) || isInside(path, history);
  const isTargets = targets(work, root);
  const assert = (isRight: boolean, path: string): void => {
    if (!isRight) throw new Error(`${path}: is outside of the target`);
  };
  for (const { path, to } of takes) {
    assert(isTargets(path) ? isOurs(to) : !isInside(path, root) && isBackupBeside(path, to, root), path);
  }
  for (const { path, from } of puts) {
    const beside = !isInside(path, root) && from === besideNames(path, root).draft;
    assert(isTargets(path) ? from === null || isOurs(from) : beside, path);
  }
  for (const [path] of [...modes, ...restore]) assert(isTargets(path) || path === root || isOurs(path), path);
  if (keep !== null) assert(isInside(keep, history), keep);
}

/** A new folder is built in `.OUT.vpa-work` beside it: then `OUT` alone is meant, and the registry files `OUT.…`. */
function targets(work: string, root: string): (path: string) => boolean {
  const out = /^\.(.+)\.vpa-work$/.exec(basename(work))?.[1];
  if (out === undefined) return (path) => isInside(path, root);
  const place = join(root, out);
  return (path) =>
    path === place || isInside(path, place) || (dirname(path) === root && path.startsWith(`${place}.`));
}
