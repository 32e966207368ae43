/** Holds what a patch expects against what is there (FORMAT §9), before anything is changed. */
import { type Digest, sameDigest } from '../bytes.ts';
import { throwIfCancelled } from '../errors.ts';
import { sameContent, sameMeta, stateDigest } from '../layer/inventory.ts';
import type { Entry, Meta } from '../layer/layer.ts';
import { takingTurns } from '../layer/turns.ts';
import { type EntryName, parentOf } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import type { Group } from '../patch/group.ts';
import { type Line, type Touched, entriesAfter, entriesBefore, withDigests } from '../patch/touched.ts';
import { type Difference, differenceOf, driftError } from './drift.ts';
import type { Written } from './written.ts';

export interface Verdict {
  /** Which of the two states the touched entries are in. */
  readonly state: 'base' | 'target';
  /** The whole digests of the touched files and hives as they are. */
  readonly digests: ReadonlyMap<EntryName, Digest>;
}

/** What of a plan decides whether it fits. */
export interface Expectation {
  readonly changes: readonly Change[];
  readonly groups: readonly Group[];
  readonly touched: Touched;
}

/**
 * Whether the entries that the patch touches are as it expects them (`base`), or already as it leaves them (`target`).
 * E_BASE_MISMATCH with every difference otherwise. `lookUp` finds an entry, through the rules of the patch; `written` tells when
 * one was last written.
 */
export async function checkBase(
  { changes, groups, touched }: Expectation,
  lookUp: (name: EntryName, signal: AbortSignal) => Promise<Entry | null>,
  signal: AbortSignal,
  written: (name: EntryName) => Written | null = () => null,
): Promise<Verdict> {
  const differences: Difference[] = [];
  const digests = new Map<EntryName, Digest>();
  const entry = async (name: EntryName): Promise<Entry | null> => {
    const found = await lookUp(name, signal);
    if (found && 'digest' in found.meta) digests.set(name, found.meta.digest);
    return found;
  };
  const folderProblem = folders(changes, entry);
  const given = new Set(changes.flatMap((change) => (change.kind === 'move' ? [change.from] : [])));
  const filled = new Set(changes.flatMap((change) => (change.after ? [change.name] : [])));
  let applied = changes.length > 0;
  let perhaps = applied;
  const turns = takingTurns();
  for (const change of changes) {
    throwIfCancelled(signal);
    const pause = turns();
    if (pause) await pause;
    const now = (await entry(change.name))?.meta ?? null;
    const moved = change.kind === 'move' ? ((await entry(change.from))?.meta ?? null) : null;
    const gone = change.kind !== 'move' || moved === null || filled.has(change.from);
    applied &&= gone && isAfter(change, now);
    perhaps &&= gone && (isAfter(change, now) || isKept(change, now));
    differences.push(...differencesOf(change, given.has(change.name) ? null : now, moved));
    differences.push(...(await folderProblem(change)));
  }
  const isWhole = (lines: readonly Line[], digest: Digest): boolean =>
    sameDigest(stateDigest(withDigests(lines, (name) => digests.get(name))), digest);
  // FORMAT §9: what the records have of their digests is not enough to go on.
  if ((applied || perhaps) && isWhole(entriesAfter(changes), touched.after)) {
    if (applied || differences.length > 0) return { state: 'target', digests };
  }
  const checked = new Set(
    changes.flatMap((change) => (change.before ? [change.kind === 'move' ? change.from : change.name] : [])),
  );
  const references = [
    ...changes.flatMap(({ reference }) => reference ?? []),
    ...groups.flatMap((group) => group.references),
  ];
  for (const { name, size, digest } of references) {
    throwIfCancelled(signal);
    const pause = turns();
    if (pause) await pause;
    if (checked.has(name)) continue;
    checked.add(name);
    differences.push(...compare(name, { type: 'file', size, digest }, (await entry(name))?.meta ?? null));
  }
  if (differences.length === 0) {
    if (isWhole(entriesBefore(changes, groups), touched.before)) return { state: 'base', digests };
    differences.push({ name: null, kind: 'changed', what: 'content', expected: null, found: null });
  }
  throw driftError(
    differences.map((one) => ({ ...one, ...(one.name !== null && one.found && written(one.name)) })),
  );
}

/**
 * What an entry that comes anew lies in must be a folder: of the base, or of the patch (whose own folder is asked for in
 * turn). So nothing is ever written through a link, and no folder is made that the patch does not name.
 */
function folders(
  changes: readonly Change[],
  entry: (name: EntryName) => Promise<Entry | null>,
): (change: Change) => Promise<Difference[]> {
  const made = new Set(changes.flatMap(({ name, after }) => (after?.type === 'directory' ? [name] : [])));
  const seen = new Set<EntryName>();
  return async ({ name, kind, after }) => {
    const folder = parentOf(name);
    const comes =
      (kind === 'add' || kind === 'move') && after.type !== 'hive' && after.type !== 'delete-entry';
    // A variable's folder is no entry, and is made where it is missing.
    if (!comes || folder === null || parentOf(folder) === null || made.has(folder) || seen.has(folder))
      return [];
    seen.add(folder);
    return compare(folder, { type: 'directory' }, (await entry(folder))?.meta ?? null);
  };
}

function isAfter(change: Change, now: Meta | null): boolean {
  if (change.after === null) return now === null;
  return now !== null && sameMeta(change.after, now);
}

/** A folder that was to go stays where a user has files in it. */
function isKept(change: Change, now: Meta | null): boolean {
  return change.kind === 'remove' && change.before.type === 'directory' && now?.type === 'directory';
}

function differencesOf(change: Change, now: Meta | null, moved: Meta | null): Difference[] {
  if (change.kind === 'move')
    return [...compare(change.from, change.before, moved), ...compare(change.name, null, now, change.after)];
  // A folder that someone made already is as good as one that is made now.
  if (change.kind === 'add' && change.after.type === 'directory' && now?.type === 'directory') return [];
  return compare(change.name, change.before, now, change.after);
}

function compare(
  name: EntryName,
  expected: Meta | null,
  now: Meta | null,
  after?: Meta | null,
): Difference[] {
  const difference = differenceOf(name, expected, now);
  if (difference === null) return [];
  const isTarget =
    after !== undefined && (after === null || now === null ? after === now : sameContent(after, now));
  return [{ ...difference, ...(isTarget && { isTarget }) }];
}
