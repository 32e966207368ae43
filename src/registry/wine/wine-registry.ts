/** Wine's own registry files (`system.reg`, `user.reg`, `userdef.reg`), section by section, as they are written. */
import type { HiveRoot, RegistryValue } from '../hive.ts';

/** A key that the file names. Keys with keys below and nothing of their own have no section: they are implied. */
export interface WineSection {
  /** The names from the file's root to the key; empty for the root itself. */
  readonly path: readonly string[];
  /** The number behind the brackets: when the key was written, in seconds since 1970; null where there is none. */
  readonly seconds: number | null;
  /** `#time`: the same as a FILETIME (100 ns since 1601); null where there is none. */
  readonly time: bigint | null;
  /** `#class`. */
  readonly className: string | null;
  /** `#link`. */
  readonly link: boolean;
  /** Other lines that begin with `#` or `;`, as they are. */
  readonly extra: readonly string[];
  /** As in the file: sorted as Wine sorts them, when it wrote the file. */
  readonly values: readonly RegistryValue[];
}

export interface WineRegistry {
  /** What all keys are relative to: `REGISTRY\Machine`, for example; null where the file does not say it. */
  readonly relativeTo: string | null;
  /** `#arch`; null where the file does not say it. */
  readonly arch: 'win32' | 'win64' | null;
  /** The lines between the first one and the first key, as they are; the two fields above are read from them. */
  readonly header: readonly string[];
  /** In the order of the file. */
  readonly sections: readonly WineSection[];
}

/** The first line of every such file (wine, server/registry.c). */
export const wineVersionLine = 'WINE REGISTRY Version 2';

/** What Wine's three files are relative to. The user is always this one (server/registry.c, `init_registry`). */
const places: Readonly<Partial<Record<HiveRoot, string>>> = {
  machine: 'REGISTRY\\Machine',
  user: 'REGISTRY\\User\\S-1-5-21-0-0-0-1000',
  'user-template': 'REGISTRY\\User\\.Default',
};

/** What Wine calls the root of a hive; null where it has no file for it (`users`). */
export function winePlaceOf(root: HiveRoot): string | null {
  return places[root] ?? null;
}

/** The hive of a relative root, or null where it is that of none. Old versions left the word REGISTRY out. */
export function wineRootOf(relativeTo: string | null): HiveRoot | null {
  const names = (relativeTo ?? '').toUpperCase().split('\\');
  if (names[0] === 'REGISTRY' || names[0] === '') names.shift();
  if (names.length === 1 && names[0] === 'MACHINE') return 'machine';
  if (names.length !== 2 || names[0] !== 'USER' || names[1] === '') return null;
  return names[1] === '.DEFAULT' ? 'user-template' : 'user';
}
