/** Drift: how what is there differs from what was expected, entry by entry. */
import { PatchError } from '../errors.ts';
import { sameContent, sameMeta } from '../layer/inventory.ts';
import type { Meta } from '../layer/layer.ts';
import { type EntryName, compareNames } from '../layer/name.ts';
import { isUnreadable } from '../layer/reading-on.ts';
import { isOther } from '../layer/walk.ts';

export type DriftKind = 'missing' | 'changed' | 'extra';

/** Plain data: stands in reports as it is. */
export interface Difference {
  /** Null where nobody can say which entry it is (FORMAT §9). */
  readonly name: EntryName | null;
  /** `extra`: something is there where nothing was expected. */
  readonly kind: DriftKind;
  /** What differs of a changed one, the first of these. */
  readonly what?: 'type' | 'link' | 'unreadable' | 'size' | 'content' | 'mode';
  readonly expected: Shape | null;
  readonly found: Shape | null;
  /** It is as the patch leaves it already. */
  readonly isTarget?: true;
  /** When a file was last written, as its file system says. */
  readonly written?: string;
  /** That was after the last patch was applied, so that somebody or something else has written it. */
  readonly sinceApply?: boolean;
}

/** An entry without its digest, of which a patch may have the beginning only. */
export interface Shape {
  /** `other`: a pipe, a socket, a device. */
  readonly type: Meta['type'] | 'other';
  readonly size?: number;
  readonly to?: string;
  readonly mode?: number;
}

/** How an entry differs, null where it does not. Modes count only where `modes` says so. */
export function differenceOf(
  name: EntryName,
  expected: Meta | null,
  found: Meta | null,
  { modes = false } = {},
): Difference | null {
  const shapes = { name, expected: shapeOf(expected), found: shapeOf(found) };
  if (expected === null) return found === null ? null : { ...shapes, kind: 'extra' };
  if (found === null) return { ...shapes, kind: 'missing' };
  if (sameContent(expected, found)) {
    return modes && !sameMeta(expected, found) ? { ...shapes, kind: 'changed', what: 'mode' } : null;
  }
  const sized = 'size' in expected && 'size' in found && expected.size !== found.size;
  const isSame = expected.type === found.type && !isOther(found);
  if (isSame && isUnreadable(found)) {
    return { ...shapes, found: { type: 'file' }, kind: 'changed', what: 'unreadable' };
  }
  const content = expected.type === 'link' ? 'link' : sized ? 'size' : 'content';
  return { ...shapes, kind: 'changed', what: isSame ? content : 'type' };
}

export function shapeOf(meta: Meta): Shape;
export function shapeOf(meta: Meta | null): Shape | null;
export function shapeOf(meta: Meta | null): Shape | null {
  if (meta === null) return null;
  if (isOther(meta)) return { type: 'other' };
  return {
    type: meta.type,
    ...('size' in meta && { size: meta.size }),
    ...('to' in meta && { to: meta.to }),
    ...('mode' in meta && { mode: meta.mode }),
  };
}

/** One line: `AppRoot/a: is missing`. */
export function differenceText({ name, kind, what, expected, found, ...more }: Difference): string {
  if (name === null)
    return 'an entry whose size is right: has another content, but the patch does not tell which';
  const octal = (shape: Shape | null): string => (shape?.mode ?? 0).toString(8).padStart(4, '0');
  const texts = {
    type: `is ${found?.type === 'other' ? 'something else' : `a ${found?.type ?? ''}`}, not a ${expected?.type ?? ''}`,
    link: `leads to ${found?.to ?? ''}, not to ${expected?.to ?? ''}`,
    unreadable: 'cannot be read',
    size: `has ${found?.size ?? 0} bytes, not ${expected?.size ?? 0}`,
    content: 'has another content',
    mode: `has the mode ${octal(found)}, not ${octal(expected)}`,
  };
  const kinds = {
    missing: 'is missing',
    extra: 'is there, but the patch adds it',
    changed: texts[what ?? 'content'],
  };
  const remarks = [
    ...(more.isTarget === true ? ['as the patch leaves it'] : []),
    ...(more.sinceApply === true ? [`written after the last patch, ${more.written ?? ''}`] : []),
  ];
  return `${name}: ${kinds[kind]}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

export type DriftCounts = Readonly<Record<DriftKind, number>>;

export function countDrift(differences: readonly Difference[]): DriftCounts {
  const counts = { missing: 0, changed: 0, extra: 0 };
  for (const { kind } of differences) counts[kind]++;
  return counts;
}

/** `2 missing, 1 changed`. */
export function countsText(counts: DriftCounts): string {
  return (['missing', 'changed', 'extra'] as const)
    .flatMap((kind) => (counts[kind] === 0 ? [] : [`${counts[kind]} ${kind}`]))
    .join(', ');
}

/** How many differences an error lists for people; programs get all. */
const listed = 20;

/** E_BASE_MISMATCH with every difference, in byte order of names. */
export function driftError(given: readonly Difference[]): PatchError {
  const differences = given.toSorted((a, b) => compareNames(a.name ?? '', b.name ?? ''));
  const counts = countDrift(differences);
  const lines = differences.slice(0, listed).map(differenceText);
  const more = differences.length > listed ? [`… and ${differences.length - listed} more`] : [];
  const howMany = differences.length === 1 ? '1 entry differs' : `${differences.length} entries differ`;
  return new PatchError(
    'E_BASE_MISMATCH',
    `this is not what the patch was made for: ${howMany} (${countsText(counts)}), first ${lines[0] ?? ''}`,
    {
      ...(differences[0]?.name && { entry: differences[0].name }),
      help: 'apply it to the version that it was made for, or restore that version first: vpa repair FOLDER --from VERSION',
      details: [...lines, ...more],
      data: { drift: { counts, differences } },
    },
  );
}
