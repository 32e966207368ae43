/** Staged changes → what a transaction does with files, folders and links, as the disk is now. */
import { sameContent } from '../layer/inventory.ts';
import { type EntryName, compareNames, parentOf } from '../layer/name.ts';
import { platformHasModes } from '../layer/walk.ts';
import type { Change } from '../patch/change.ts';
import type { Drafts } from './drafts.ts';
import type { Staged } from './staged.ts';
import { statsAt } from './stats.ts';
import { modeAt } from './transaction/access.ts';
import type { Mode, Put, Take } from './transaction/record.ts';

/** A part of a transaction. */
export interface Part {
  readonly takes: readonly Take[];
  readonly puts: readonly Put[];
  readonly modes: readonly Mode[];
  readonly restore: readonly Mode[];
}

/** First everything goes that has to, deepest first; then everything comes, folders before what is in them. */
export function planFiles(
  staged: readonly Staged[],
  pathOf: (name: EntryName) => string,
  drafts: Drafts,
): Part {
  const takes: Take[] = [];
  const puts: Put[] = [];
  const [modes, restore]: [Mode[], Mode[]] = [[], []];
  const setMode = (path: string, mode: number | undefined, from: string | null): void => {
    const now = from === null ? null : modeAt(from);
    if (!platformHasModes || mode === undefined || mode === now) return;
    modes.push([path, mode]);
    if (from !== null && now !== null) restore.push([from, now]);
  };
  const replaced = new Set(
    staged.flatMap(({ change }) =>
      change.before && change.before.type !== 'directory' ? [change.name] : [],
    ),
  );
  for (const { change, draft } of staged) {
    const { after, before, kind } = change;
    const path = pathOf(change.name);
    if (kind === 'move' && draft === null) {
      const old = pathOf(change.from);
      const way = drafts.reserve('draft');
      takes.push({ path: old, to: way });
      puts.push({ path, from: way, ...expected(after) });
      if (modeOf(after) !== modeOf(before)) setMode(path, modeOf(after), old);
      continue;
    }
    const isFile = after?.type === 'file';
    const stays =
      before?.type === after?.type &&
      (isFile ? draft === null : after !== null && sameContent(before ?? after, after));
    if (before && !stays) {
      const old = kind === 'move' ? pathOf(change.from) : path;
      takes.push({ path: old, to: drafts.reserve('backup'), ...(after === null && { keep: true }) });
    }
    if (draft !== null) puts.push({ path, from: draft, ...expected(after) });
    if (after?.type === 'directory') {
      const there = isDirectory(path) && !isBelow(change.name, replaced);
      const made = !stays && !(before === null && there);
      if (made) puts.push({ path, from: null });
      setMode(path, modeOf(after) ?? (made ? 0o755 : undefined), made ? null : path);
    } else if (stays) {
      setMode(path, modeOf(after), path);
    }
  }
  takes.sort((a, b) => compareNames(b.path, a.path));
  return { takes, puts, modes, restore };
}

/** Whether the name is below one of those: what is on disk under it now, behind a link, is not what will be there. */
function isBelow(name: EntryName, names: ReadonlySet<EntryName>): boolean {
  for (let up = parentOf(name); up !== null; up = parentOf(up)) if (names.has(up)) return true;
  return false;
}

function expected(after: Change['after']): Pick<Put, 'digest' | 'link'> {
  if (after?.type === 'file') return { digest: after.digest };
  return after?.type === 'link' ? { link: after.to } : {};
}

function modeOf(meta: Change['after']): number | undefined {
  return meta && 'mode' in meta ? meta.mode : undefined;
}

function isDirectory(path: string): boolean {
  return statsAt(path)?.isDirectory() === true;
}
