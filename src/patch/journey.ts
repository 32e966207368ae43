/** Follows every name through several patches: what has to be there, what is there after each, and where it came from. */
import { PatchError } from '../errors.ts';
import { sameContent } from '../layer/inventory.ts';
import type { Meta } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import { type Change, isOwnCopy } from './change.ts';
import type { Content, Expected, Part } from './compose.ts';

/** A content whose fate is still being found out. */
export type Making = { -readonly [Field in keyof Content]: Content[Field] };

/** Where the content at a name is from: a name of the base, or a patch. Null for what has none. */
export type Origin = { readonly base: EntryName } | { readonly made: Making } | null;

export interface Place {
  readonly meta: Meta;
  readonly origin: Origin;
}

/** What is at a name after a patch: `step` is the last one that has touched it. */
export interface Left {
  readonly meta: Meta | null;
  readonly step: number;
}

export interface Journey {
  /** What is at each name that a patch has touched; null for nothing. */
  readonly places: ReadonlyMap<EntryName, Place | null>;
  /** The last text of each hive: of a removed one, what is left that is not the application's. */
  readonly hives: ReadonlyMap<EntryName, Making>;
  readonly expected: ReadonlyMap<EntryName, Expected>;
  readonly left: ReadonlyMap<EntryName, Left>;
  contentsOf(step: number): ReadonlyMap<EntryName, Content>;
  /** E_BASE_MISMATCH where the patch does not fit behind those before it. */
  pass(part: Part, step: number): void;
}

export function createJourney(): Journey {
  const places = new Map<EntryName, Place | null>();
  const hives = new Map<EntryName, Making>();
  const expected = new Map<EntryName, Expected>();
  const left = new Map<EntryName, Left>();
  const contents: Map<EntryName, Making>[] = [];

  const pass = ({ label, changes, groups }: Part, step: number): void => {
    const made = new Map<EntryName, Making>();
    contents[step] = made;
    const updates = new Map<EntryName, Place | null>();
    const named = new Set(changes.map(({ name }) => name));
    const given = new Set(changes.flatMap((change) => (change.kind === 'move' ? [change.from] : [])));

    const need = (name: EntryName, meta: Meta, keep: 'digest' | 'bytes'): Place => {
      const place = places.get(name);
      const now = place === undefined ? expected.get(name)?.meta : (place?.meta ?? null);
      // Each patch sees a hive through its own rules.
      const fits = now === undefined || meta.type === 'hive' || (now !== null && sameContent(now, meta));
      if (!fits) throw misfit(label, name);
      // A reference does not tell the mode; whoever changes the file later does.
      const known = expected.get(name) ?? { meta, folder: false, step };
      if (place === undefined) expected.set(name, 'mode' in meta ? { ...known, meta } : known);
      const found = place ?? { meta, origin: { base: name } };
      if (found.origin && 'made' in found.origin) raise(found.origin.made, keep, step);
      return found;
    };
    const free = (name: EntryName, folder: boolean): void => {
      const place = places.get(name);
      const now = place === undefined ? expected.get(name)?.meta : (place?.meta ?? null);
      if (now === undefined) expected.set(name, { meta: null, folder, step });
      else if (now !== null && now.type !== 'hive' && !(folder && now.type === 'directory'))
        throw misfit(label, name);
    };
    const make = (name: EntryName, size: number): Making => {
      const making: Making = { step, name, size, keep: 'nothing', until: step, final: null };
      made.set(name, making);
      return making;
    };

    for (const { name, size, digest } of [
      ...changes.flatMap(({ reference }) => reference ?? []),
      ...groups.flatMap(({ references }) => references),
    ]) {
      need(name, { type: 'file', size, digest }, 'bytes');
    }
    for (const change of changes) {
      const { name, before, after } = change;
      if ((change.kind === 'add' || change.kind === 'move') && !given.has(name))
        free(name, change.after.type === 'directory');
      const source = change.kind === 'move' ? change.from : name;
      const old = before && need(source, before, isCodedAgainstItself(change) ? 'bytes' : 'digest');
      if (after?.type === 'hive' || before?.type === 'hive') {
        const last = hives.get(name);
        if (last) raise(last, 'bytes', step);
        const making = make(name, after?.type === 'hive' ? after.size : 0);
        hives.set(name, making);
        updates.set(name, after && { meta: after, origin: { made: making } });
      } else if (after === null) {
        updates.set(name, null);
      } else if (change.kind === 'move') {
        updates.set(name, { meta: after, origin: old?.origin ?? null });
        if (!named.has(source)) updates.set(source, null);
      } else if (after.type === 'file') {
        const origin = isOwnCopy(change) ? (old?.origin ?? null) : { made: make(name, after.size) };
        updates.set(name, { meta: after, origin });
      } else {
        updates.set(name, { meta: after, origin: null });
      }
    }
    for (const [name, place] of updates) {
      places.set(name, place);
      left.set(name, { meta: place?.meta ?? null, step });
    }
  };

  return { places, hives, expected, left, pass, contentsOf: (step) => contents[step] ?? new Map() };
}

function isCodedAgainstItself(change: Change): boolean {
  const { encoding, reference, group } = change;
  return encoding.length > 0 && !reference && group === undefined && !isOwnCopy(change);
}

function raise(making: Making, keep: 'digest' | 'bytes', step: number): void {
  if (making.keep !== 'bytes') making.keep = keep;
  making.until = step;
}

function misfit(label: string, name: EntryName): PatchError {
  return new PatchError('E_BASE_MISMATCH', `${label}: does not fit behind the patches before it: ${name}`, {
    entry: name,
    help: 'get the patches again: one of them is not what its state digests say',
  });
}
