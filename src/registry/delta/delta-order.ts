/** The canonical order and form of a delta's records (FORMAT §6.3.2): one delta has one encoding. */
import { largeData } from './data-difference.ts';
import type { DeltaRecord } from './delta.ts';
import { foldName } from '../hive.ts';

export interface DeltaOrder {
  /** How many leading names a path shares with that of the record before, without regard to case. */
  shared(path: readonly string[]): number;
  /** Why the record may not follow those that were checked before, or null. */
  check(record: DeltaRecord): string | null;
}

const ranks: Readonly<Record<DeltaRecord['op'], number>> = {
  'add-key': 0,
  'remove-key': 0,
  'rename-key': 0,
  'set-kind': 1,
  'set-link': 2,
  'set-class': 3,
  'set-security': 4,
  'add-value': 5,
  'change-value': 5,
  'patch-value': 5,
  'remove-value': 5,
};

/** Checks records one after the other. */
export function createDeltaOrder(): DeltaOrder {
  let previous: DeltaRecord | null = null;
  let folded: readonly string[] = [];
  // How many names lead to a key that is gone or new; records in it follow without a break.
  let gone: number | null = null;
  let fresh: number | null = null;

  function shared(path: readonly string[]): number {
    if (previous === null) return 0;
    if (path === previous.path) return path.length;
    let count = 0;
    while (count < path.length && count < folded.length) {
      if (path[count] !== previous.path[count] && foldName(path[count] ?? '') !== folded[count]) break;
      count++;
    }
    return count;
  }

  function check(record: DeltaRecord): string | null {
    const { path } = record;
    const common = shared(path);
    // Only what is new in the path is looked at, so that a long one costs its records nothing.
    const added = path.slice(common);
    const own = path === previous?.path ? folded : [...folded.slice(0, common), ...added.map(foldName)];
    const problem = follows(record, common, own) ?? form(record, added);
    if (problem !== null) return problem;
    if (gone !== null && common >= gone) return 'lies in a key that is gone';
    gone = null;
    if (fresh !== null && common < fresh) fresh = null;
    if (fresh !== null && !isAddition(record)) return 'is no addition, in a key that is new';
    if (isGone(record)) gone = path.length;
    else if (isFresh(record)) fresh ??= path.length;
    previous = record;
    folded = own;
    return null;
  }

  function follows(record: DeltaRecord, common: number, own: readonly string[]): string | null {
    if (previous === null) return null;
    for (let at = 0; record.path !== previous.path && at < common; at++) {
      if (record.path[at] !== previous.path[at]) return 'writes a name in another case than before';
    }
    const ours = own[common];
    const theirs = folded[common];
    if (ours !== undefined) return theirs === undefined || theirs < ours ? null : 'is not in order';
    if (theirs !== undefined) return 'is not in order';
    const step = ranks[record.op] - ranks[previous.op];
    if (step !== 0) return step > 0 ? null : 'is not in order';
    const after = 'name' in record && 'name' in previous && foldName(previous.name) < foldName(record.name);
    return after ? null : 'is not in order, or there twice';
  }

  return { shared, check };
}

/** What a record must be whatever stands around it. */
function form(record: DeltaRecord, names: readonly string[]): string | null {
  const { op, path } = record;
  const last = path.at(-1);
  if (last === undefined && ranks[op] === 0) return "is about the hive's root";
  if (names.includes('') || names.some((name) => name.includes('\\')))
    return 'has a name that no key can have';
  if (op === 'rename-key' && (record.from === last || foldName(record.from) !== foldName(last ?? ''))) {
    return 'renames by more or less than case';
  }
  if (op === 'set-kind') {
    if (record.before === record.after) return 'changes nothing';
    const { keys, values } = record.removed;
    if (record.after !== 'delete-entry' && keys + values > 0) return 'removes, but leaves a key';
  }
  if (op === 'set-class' && record.from === record.to) return 'changes nothing';
  if (op === 'patch-value') {
    const { before, size, steps } = record.difference;
    if (before.size <= largeData || size <= largeData) return 'is a difference of small data';
    if (steps.length >= size) return 'is a difference that is not smaller than the data';
  }
  if (op === 'remove-key' && record.removed.keys < 1) return 'removes no key';
  return null;
}

/** What may happen to a key that has nothing yet. */
function isAddition(record: DeltaRecord): boolean {
  switch (record.op) {
    case 'add-key':
    case 'add-value':
      return true;
    case 'set-link':
      return record.link;
    case 'set-class':
      return record.from === '';
    case 'set-security':
      return record.security.length > 0;
    default:
      return false;
  }
}

function isGone(record: DeltaRecord): boolean {
  if (record.op === 'remove-key') return true;
  if (record.op === 'add-key') return record.kind === 'delete-entry';
  return record.op === 'set-kind' && record.after === 'delete-entry';
}

function isFresh(record: DeltaRecord): boolean {
  return record.op === 'add-key' || (record.op === 'set-kind' && record.before === 'delete-entry');
}
