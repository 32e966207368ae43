/** From what several patches do to each name to the one change that it comes to. */
import { sameContent, sameMeta } from '../layer/inventory.ts';
import type { Meta } from '../layer/layer.ts';
import { type EntryName, compareNames } from '../layer/name.ts';
import { type Change, copyEncoding } from './change.ts';
import type { Journey, Place } from './journey.ts';

export interface NetChanges {
  /** In byte order of names. */
  readonly changes: readonly Change[];
  /** Changes whose content is a file of the base under another name. */
  readonly copies: ReadonlyMap<EntryName, EntryName>;
}

/** Also says of each content which change brings it to the target. */
export function netChanges({ places, hives, expected }: Journey): NetChanges {
  const was = (name: EntryName): Meta | null => expected.get(name)?.meta ?? null;
  const moves = movesOf(places, was);
  const given = new Set(moves.values());
  const copies = new Map<EntryName, EntryName>();
  const changes: Change[] = [];
  for (const name of [...places.keys()].sort(compareNames)) {
    const place = places.get(name) ?? null;
    const before = given.has(name) ? null : was(name);
    const now = place?.meta ?? null;
    const hive = hives.get(name);
    if (hive && (before !== null || now !== null)) hive.final = name;
    const from = moves.get(name);
    const old = from === undefined ? null : was(from);
    if (from !== undefined && old && now) {
      changes.push({ ...coding([]), kind: 'move', name, from, before: old, after: now });
      continue;
    }
    if (!hive && isSame(name, place, before)) continue;
    const { origin = null } = place ?? {};
    if (origin && 'made' in origin) origin.made.final = name;
    const isOwn = origin !== null && 'base' in origin && origin.base === name;
    if (origin && 'base' in origin && !isOwn) copies.set(name, origin.base);
    const change = changeOf(name, before, now, isOwn && now?.type === 'file' ? [copyEncoding] : []);
    if (change) changes.push(change);
  }
  return { changes, copies };
}

/**
 * Files of the base that end up under other names. One whose new name is taken by something else of the base, which is not moved
 * away itself, cannot be moved there: it is written anew.
 */
function movesOf(
  places: Journey['places'],
  was: (name: EntryName) => Meta | null,
): Map<EntryName, EntryName> {
  const moves = new Map<EntryName, EntryName>();
  for (const [name, place] of places) {
    const origin = place?.origin;
    if (place?.meta.type === 'file' && origin && 'base' in origin && origin.base !== name)
      moves.set(name, origin.base);
  }
  for (let blocked: EntryName[] | null = null; blocked === null || blocked.length > 0;) {
    const given = new Set(moves.values());
    blocked = [...moves.keys()].filter((name) => was(name) !== null && !given.has(name));
    for (const name of blocked) moves.delete(name);
  }
  return moves;
}

/** Nothing is to be done: what is there stays, or is the same again where it has no content. */
function isSame(name: EntryName, place: Place | null, before: Meta | null): boolean {
  if (place === null || before === null) return place === null && before === null;
  const { meta, origin } = place;
  const stays = origin && 'base' in origin ? origin.base === name : origin === null;
  return stays && sameContent(before, meta) && sameMeta(before, meta);
}

function changeOf(
  name: EntryName,
  before: Meta | null,
  after: Meta | null,
  encoding: readonly string[],
): Change | null {
  const common = { name, ...coding(encoding) };
  if (after === null) return before && { ...common, kind: 'remove', before, after };
  if (before === null) return { ...common, kind: 'add', before, after };
  return { ...common, kind: 'modify', before, after };
}

function coding(encoding: readonly string[]): Pick<Change, 'encoding' | 'payload'> {
  return { encoding, payload: 0 };
}
