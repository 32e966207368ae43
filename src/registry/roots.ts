/** Where the hives stand in the paths that people and .reg files write. */
import type { HiveRoot } from './hive.ts';

/** The one way in which we write a hive's root. */
export const rootPaths: Readonly<Record<HiveRoot, string>> = {
  machine: 'HKEY_LOCAL_MACHINE',
  user: 'HKEY_CURRENT_USER',
  users: 'HKEY_USERS',
  'user-template': 'HKEY_USERS\\.DEFAULT',
};

/** The key of HKEY_USERS that is a hive of its own. */
export const templateName = '.DEFAULT';

/** A key by its hive and the names of the keys on the way to it; the root has none. */
export interface KeyPath {
  readonly root: HiveRoot;
  readonly names: readonly string[];
}

const classes = ['Software', 'Classes'];
// Both are links into HKEY_LOCAL_MACHINE on a real machine (Microsoft, "Predefined Keys").
const currentConfig = ['System', 'CurrentControlSet', 'Hardware Profiles', 'Current'];

const predefined = new Map<string, KeyPath>([
  ['HKEY_LOCAL_MACHINE', { root: 'machine', names: [] }],
  ['HKLM', { root: 'machine', names: [] }],
  ['HKEY_CURRENT_USER', { root: 'user', names: [] }],
  ['HKCU', { root: 'user', names: [] }],
  ['HKEY_USERS', { root: 'users', names: [] }],
  ['HKU', { root: 'users', names: [] }],
  ['HKEY_CLASSES_ROOT', { root: 'machine', names: classes }],
  ['HKCR', { root: 'machine', names: classes }],
  ['HKEY_CURRENT_CONFIG', { root: 'machine', names: currentConfig }],
  ['HKCC', { root: 'machine', names: currentConfig }],
]);

/** What an error says when the first component is none of them. */
export const rootsExpected = `one of ${[...predefined.keys()].join(', ')}`;

/** Finds the hive of a path that is split at its backslashes, or null where its first component is no root. */
export function resolveRoot(components: readonly string[]): KeyPath | null {
  const place = predefined.get((components[0] ?? '').toUpperCase());
  if (place === undefined) return null;
  const rest = components.slice(1);
  if (place.root === 'users' && rest[0]?.toUpperCase() === templateName) {
    return { root: 'user-template', names: rest.slice(1) };
  }
  return { root: place.root, names: [...place.names, ...rest] };
}
