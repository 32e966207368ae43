/** From the model of a hive to the sections that Wine would write of it. */
import { PatchError } from '../../errors.ts';
import { attributesOf } from '../attributes.ts';
import { foldName, type RegistryKey } from '../hive.ts';
import { equalValues } from '../key.ts';
import { overLimit, registryLimits } from '../limits.ts';
import { fileTimeOf, secondsOf } from './filetime.ts';
import type { WineRegistry, WineSection } from './wine-registry.ts';

export interface ToWineOptions {
  /** What all keys are relative to (`winePlaceOf`); that of `previous` if left out. */
  readonly relativeTo?: string;
  /** The architecture of the prefix; that of `previous`, or win64. */
  readonly arch?: 'win32' | 'win64';
  /** What the file was before: keys without a change keep their section as it is, with its times. */
  readonly previous?: WineRegistry;
  /**
   * Seconds since 1970 for keys that are new or changed, where there is a previous file; without one, for keys that have
   * no time of their own. 0 if left out: equal hives give equal files, whenever they are written.
   */
  readonly time?: number;
}

/**
 * What Wine would write of a hive: keys in its order, without those that are implied by keys below. Security descriptors
 * are left out, since Wine keeps none. E_FORMAT for a delete entry, which such a file cannot hold; E_LIMIT for
 * keys that are nested deeper than Windows allows.
 */
export function toWine(key: RegistryKey, options: ToWineOptions = {}): WineRegistry {
  const { previous, arch = previous?.arch ?? 'win64' } = options;
  const relativeTo = options.relativeTo ?? previous?.relativeTo ?? null;
  const before = new Map(
    previous?.sections.map((section) => [section.path.map(foldName).join('\\'), section]),
  );
  const sections: WineSection[] = [];
  const time = fileTimeOf(options.time ?? 0);
  const visit = (one: RegistryKey, path: readonly string[], folded: string): void => {
    if (path.length > registryLimits.depth) {
      throw overLimit(`${path.join('\\')}: the key is nested too deep`, registryLimits.depth);
    }
    if (one.kind !== 'key') throw deleteEntry(path, 'the key');
    const { className = null, link = false } = attributesOf(one);
    if (one.values.size > 0 || one.keys.size === 0 || className !== null || link) {
      const values = sorted(one.values);
      for (const value of values)
        if (value.type === 'delete-entry') throw deleteEntry(path, 'a value of the key');
      const old = before.get(folded);
      const written = previous === undefined ? (one.lastWrite ?? time) : time;
      const now: WineSection = {
        path,
        seconds: secondsOf(written),
        time: written,
        className,
        link,
        extra: old?.extra ?? [],
        values,
      };
      sections.push(old !== undefined && isSame(old, now) ? old : now);
    }
    for (const child of sorted(one.keys)) {
      const below = folded === '' && path.length === 0 ? '' : `${folded}\\`;
      visit(child, [...path, child.name], below + foldName(child.name));
    }
  };
  visit(key, [], '');
  const header = previous?.header ?? [
    ...(relativeTo === null ? [] : [`;; All keys relative to ${relativeTo.replaceAll('\\', '\\\\')}`, '']),
    `#arch=${arch}`,
  ];
  return { relativeTo, arch, header, sections };
}

/** Whether the section says of the key what we would say, its times aside. */
function isSame(old: WineSection, now: WineSection): boolean {
  return (
    (old.className ?? '') === (now.className ?? '') &&
    old.link === now.link &&
    old.values.length === now.values.length &&
    old.path.every((name, at) => name === now.path[at]) &&
    sortedList(old.values).every((value, at) => {
      const other = now.values[at];
      return other !== undefined && equalValues(value, other);
    })
  );
}

/** Wine compares the lower case of each code unit (server/unicode.c, `memicmp_strW`). */
function sorted<T extends { readonly name: string }>(items: ReadonlyMap<string, T>): T[] {
  return sortedList([...items.values()]);
}

function sortedList<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const names = new Map(items.map((item) => [item, lowered(item.name)]));
  const nameOf = (item: T): string => names.get(item) ?? '';
  return [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}

function lowered(name: string): string {
  if (/^[\0-\x7f]*$/.test(name)) return name.toLowerCase();
  let result = '';
  for (let at = 0; at < name.length; at++) {
    const lower = name.charAt(at).toLowerCase();
    result += lower.length === 1 ? lower : name.charAt(at);
  }
  return result;
}

function deleteEntry(path: readonly string[], what: string): PatchError {
  const entry = path.join('\\');
  return new PatchError(
    'E_FORMAT',
    `${entry}: ${what} is a delete entry, which Wine's registry files do not have`,
    {
      entry,
      help: 'write it as .reg text or as a hive',
    },
  );
}
