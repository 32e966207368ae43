/** What a change must say to make sense, alone and beside the others (FORMAT §5). */
import { tooLarge } from '../bytes.ts';
import type { Meta } from '../layer/layer.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import { assertLink } from '../layer/link.ts';
import { compareNames, registryArea, type EntryName } from '../layer/name.ts';
import { copyEncoding, type Change } from './change.ts';
import type { Limits } from './limits.ts';
import { malformed } from './schema.ts';

/** Refuses changes that break a rule: E_FORMAT, E_NAME for an unsafe link, E_LIMIT for what is too large. */
export function assertChanges(changes: readonly Change[], limits: Limits, what: string): void {
  if (changes.length > limits.changes) throw tooLarge('the list of changes', changes.length, limits.changes);
  let last: EntryName | null = null;
  for (const change of changes) {
    const problem = orderProblem(last, change.name) ?? changeProblem(change);
    if (problem !== null) throw malformed(what, `${change.name}: ${problem}`, change.name);
    assertMeta(change.name, change.after, limits);
    assertMeta(change.kind === 'move' ? change.from : change.name, change.before, limits);
    last = change.name;
  }
  assertMoves(changes, what);
  assertTree(changes, what);
}

function orderProblem(last: EntryName | null, name: EntryName): string | null {
  if (last === null || compareNames(last, name) < 0) return null;
  return last === name ? 'it occurs twice' : `it stands behind ${last}, out of order`;
}

function changeProblem(change: Change): string | null {
  const { before, after } = change;
  const from = change.kind === 'move' ? change.from : change.name;
  if (isMisplaced(change.name, after) || isMisplaced(from, before)) {
    return `hives are in ${registryArea} under their own names, and nothing else is`;
  }
  if (isRoot(change.name, after ?? before) || isRoot(from, before)) return "a variable's folder is no entry";
  if (change.kind === 'move') {
    if (from === change.name) return 'it moves to itself';
    if (!sameContent(before, after) || after?.type !== 'file')
      return 'it moves something else than an unchanged file';
  }
  return contentProblem(change);
}

/** FORMAT §3.2: a variable's folder is a place, no entry; only a delete entry may stand for it. */
function isRoot(name: EntryName, meta: Meta | null): boolean {
  return meta !== null && meta.type !== 'delete-entry' && meta.type !== 'link' && !name.includes('/');
}

/** FORMAT §3.1: the registry area has its hives and nothing else. */
function isMisplaced(name: EntryName, meta: Meta | null): boolean {
  if (meta === null) return false;
  if (meta.type === 'hive') return hiveRootOf(name) === null;
  return name === registryArea || name.startsWith(`${registryArea}/`);
}

/** The rules of `payload`, `encoding` and `reference`. */
function contentProblem({ kind, before, after, encoding, reference, payload, group }: Change): string | null {
  if (kind === 'move' || after === null || !hasContent(after)) {
    if (payload > 0 || encoding.length > 0) return 'it has a payload, but no content';
    return reference === undefined && group === undefined
      ? null
      : 'it has a reference or a group, but no content';
  }
  if (group !== undefined) {
    const bare = encoding.length === 0 && payload === 0 && reference === undefined && after.type === 'file';
    return bare ? null : 'it is in a group, but not a plain file';
  }
  if (encoding.length === 0) {
    if (reference !== undefined) return 'it has a reference, but its payload is not coded';
    return payload === after.size ? null : 'the size of its payload is not that of its content';
  }
  if (!encoding.includes(copyEncoding)) return null;
  if (encoding.length > 1 || payload > 0) return 'it is a copy, but has a payload';
  return sameContent(reference ?? before, after) ? null : 'it is a copy of something else';
}

interface Content {
  readonly size: number;
  readonly digest: string;
}

function hasContent(meta: Meta): meta is Meta & Content {
  return meta.type === 'file' || meta.type === 'hive';
}

function sameContent(a: Meta | Content | null, b: Meta | Content | null): boolean {
  return (
    a !== null && b !== null && 'digest' in a && 'digest' in b && a.size === b.size && a.digest === b.digest
  );
}

function assertMeta(name: EntryName, meta: Meta | null, limits: Limits): void {
  if (meta?.type === 'link') assertLink(name, meta.to);
  else if (meta?.type === 'file' && meta.size > limits.file) throw tooLarge(name, meta.size, limits.file);
  else if (meta?.type === 'hive' && meta.size > limits.hive) throw tooLarge(name, meta.size, limits.hive);
}

/** FORMAT §5: no two changes give up the same name. (None fills a name twice, since a name occurs once.) */
function assertMoves(changes: readonly Change[], what: string): void {
  const moves = changes.filter((change) => change.kind === 'move');
  if (moves.length === 0) return;
  const taken = new Set<EntryName>();
  for (const change of changes) {
    if (change.kind === 'modify' || change.kind === 'remove') taken.add(change.name);
  }
  for (const { name, from } of moves) {
    if (taken.has(from))
      throw malformed(what, `${name}: ${from}, where it comes from, is changed twice`, name);
    taken.add(from);
  }
}

/**
 * FORMAT §5: what a change fills lies in folders, as far as the changes themselves say. In the order of `compareTree`
 * whatever is below a name follows it at once, so that no name, however deep, is taken apart.
 */
function assertTree(changes: readonly Change[], what: string): void {
  const changed = new Set<EntryName>(changes.map(({ name }) => name));
  const places: { name: EntryName; after: Meta | null }[] = [...changes];
  for (const change of changes) {
    if (change.kind === 'move' && !changed.has(change.from)) places.push({ name: change.from, after: null });
  }
  places.sort((a, b) => compareTree(a.name, b.name));
  let closed: EntryName | null = null;
  for (const { name, after } of places) {
    if (closed === null || !name.startsWith(`${closed}/`)) closed = after?.type === 'directory' ? null : name;
    else if (after) throw malformed(what, `${name}: ${closed} is no folder after the patch`, name);
  }
}

/** A name, then all that is below it, then the next one: `/` comes before every other character. */
function compareTree(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return x === slash ? -1 : y === slash ? 1 : x - y;
  }
  return a.length - b.length;
}
const slash = 0x2f;
