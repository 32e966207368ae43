/** Changes that wait for their commit, and the steps that a commit takes for them. */
import { dirname, sep } from 'node:path';
import { PatchError } from '../errors.ts';
import { sameContent } from '../layer/inventory.ts';
import { type EntryName, compareNames, parentOf } from '../layer/name.ts';
import { platformHasModes } from '../layer/walk.ts';
import type { Change } from '../patch/change.ts';
import type { Drafts } from './drafts.ts';
import { statsAt } from './stats.ts';
import type { Step } from './steps.ts';

/** A change of a file, directory or link, and the draft of what comes to its place. */
export interface Staged {
  readonly change: Change;
  readonly draft: string | null;
}

/** Drafts the content of one change. Hives and delete entries are not files: their owner writes them. */
export async function draftOf(
  change: Change,
  contents: AsyncIterable<Uint8Array> | null,
  drafts: Drafts,
  signal: AbortSignal,
): Promise<Staged> {
  const { after, before, kind } = change;
  if (after?.type === 'link') return { change, draft: drafts.link(after.to) };
  if (after?.type !== 'file' || kind === 'move') return { change, draft: null };
  if (before && sameContent(before, after)) return { change, draft: null };
  if (!contents) throw new PatchError('E_STAGE', `${change.name}: has no content`, { entry: change.name });
  return { change, draft: await drafts.file(contents, after.mode, signal) };
}

/** First everything goes that has to, deepest first; then everything comes, folders before what is in them. */
export function stepsOf(
  staged: readonly Staged[],
  pathOf: (name: EntryName) => string,
  drafts: Drafts,
): Step[] {
  const takes: (Step & { do: 'take' })[] = [];
  const puts: Step[] = [];
  const modes: Step[] = [];
  const replaced = new Set(
    staged.flatMap(({ change }) =>
      change.before && change.before.type !== 'directory' ? [change.name] : [],
    ),
  );
  for (const { change, draft } of staged) {
    const { after, before, kind } = change;
    const path = pathOf(change.name);
    if (kind === 'move') {
      const from = drafts.reserve('backup');
      const old = pathOf(change.from);
      takes.push({ do: 'take', path: old, to: from, keepIfFull: false });
      puts.push({ do: 'put', from, path });
      if (modeOf(after) !== modeOf(before)) modes.push(...chmod(path, modeOf(after), currentMode(old)));
      continue;
    }
    const stays = before !== null && after !== null && sameContent(before, after);
    if (before && !stays) {
      takes.push({ do: 'take', path, to: drafts.reserve('backup'), keepIfFull: after === null });
    }
    if (draft !== null) puts.push({ do: 'put', from: draft, path });
    if (keepsMode(change)) modes.push(...chmod(path, currentMode(path) ?? undefined, null));
    if (after?.type === 'directory') {
      const there = isDirectory(path) && !isBelow(change.name, replaced);
      const made = !stays && !(before === null && there);
      if (made) puts.push({ do: 'mkdir', path });
      modes.push(
        ...chmod(path, modeOf(after) ?? (made ? 0o755 : undefined), made ? null : currentMode(path)),
      );
    } else if (stays) {
      modes.push(...chmod(path, modeOf(after), currentMode(path)));
    }
  }
  takes.sort((a, b) => compareNames(b.path, a.path));
  const changed = [...takes, ...puts, ...modes.reverse()];
  return [...openings(changed), ...openWhileUndone(changed), ...closings(changed)];
}

/** Whether the name is below one of those: what is on disk under it now, behind a link, is not what will be there. */
function isBelow(name: EntryName, names: ReadonlySet<EntryName>): boolean {
  for (let up = parentOf(name); up !== null; up = parentOf(up)) if (names.has(up)) return true;
  return false;
}

/** Whether a file gets new content from a patch that knows of no modes: it was made where there are none. */
export function keepsMode({ after, before }: Change): boolean {
  return (
    before?.type === 'file' &&
    after?.type === 'file' &&
    after.mode === undefined &&
    !sameContent(before, after)
  );
}

function modeOf(meta: Change['after']): number | undefined {
  return meta && 'mode' in meta ? meta.mode : undefined;
}

function chmod(path: string, mode: number | undefined, before: number | null): Step[] {
  return platformHasModes && mode !== undefined ? [{ do: 'chmod', path, mode, before }] : [];
}

function currentMode(path: string): number | null {
  const stats = statsAt(path);
  return stats && stats.mode & 0o7777;
}

function isDirectory(path: string): boolean {
  return statsAt(path)?.isDirectory() === true;
}

/** Folders that are there, that the steps change or take away, and that do not let us (a rename changes `..` in them). */
function closedFolders(steps: readonly Step[]): Map<string, number> {
  const closed = new Map<string, number>();
  if (!platformHasModes) return closed;
  const seen = new Set<string>();
  for (const step of steps) {
    if (step.do !== 'take' && step.do !== 'put' && step.do !== 'mkdir') continue;
    for (const folder of [dirname(step.path), ...(step.do === 'take' ? [step.path] : [])]) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      const mode = currentMode(folder);
      if (mode !== null && (mode & 0o300) !== 0o300 && isDirectory(folder)) closed.set(folder, mode);
    }
  }
  return closed;
}

function openings(steps: readonly Step[]): Step[] {
  return [...closedFolders(steps)].map(([path, mode]) => ({ do: 'open', path, mode }));
}

/** A folder that was opened stays open until what is in it is undone; undoing `open` comes last. */
function openWhileUndone(steps: readonly Step[]): Step[] {
  const closed = closedFolders(steps);
  return steps.map((step) =>
    step.do === 'chmod' && step.before !== null && closed.has(step.path)
      ? { ...step, before: step.before | 0o300 }
      : step,
  );
}

/** Gives the opened folders their modes back, unless a step has given them another one or put something else there. */
function closings(steps: readonly Step[]): Step[] {
  const settled = new Set(
    steps.flatMap((step) =>
      step.do === 'chmod' || (step.do === 'take' && !step.keepIfFull) ? [step.path] : [],
    ),
  );
  const put = steps.flatMap((step) => (step.do === 'put' ? [`${step.path}${sep}`] : []));
  return [...closedFolders(steps)]
    .filter(([path]) => !settled.has(path) && !put.some((one) => path.startsWith(one)))
    .map(([path, mode]) => ({ do: 'chmod', path, mode, before: mode | 0o300 }));
}
