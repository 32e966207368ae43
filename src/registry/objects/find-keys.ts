/** The keys that a view's place means, without looking at any other. */
import { nameMatcher } from '../rules/glob.ts';
import { foldName, type HiveRoot, type Registry, type RegistryKey } from '../hive.ts';
import { sortedNames } from '../key.ts';
import type { Scope } from './view.ts';

/** A machine's or a user's part of a registry. */
export interface ScopedHive {
  readonly root: HiveRoot;
  readonly scope: Scope;
  readonly hive: RegistryKey;
  /** The names of the keys from the root to it. */
  readonly prefix: readonly string[];
}

/** Below HKEY_USERS there is one hive for each user. */
export function* scopedHives(registry: Registry): Generator<ScopedHive> {
  for (const [root, hive] of registry) {
    if (root !== 'users') yield { root, scope: root === 'machine' ? 'machine' : 'user', hive, prefix: [] };
    else
      for (const user of hive.keys.values()) yield { root, scope: 'user', hive: user, prefix: [user.name] };
  }
}

export interface KeyAtPath {
  readonly key: RegistryKey;
  readonly path: readonly string[];
}

/** In canonical order. Delete entries, and what is below them, are not there. */
export function findKeys(key: RegistryKey, place: string): KeyAtPath[] {
  let found: KeyAtPath[] = [{ key, path: [] }];
  for (const name of place.split('\\')) {
    found = found.flatMap((above) =>
      childrenOf(above.key, foldName(name)).map((child) => ({
        key: child,
        path: [...above.path, child.name],
      })),
    );
  }
  return found;
}

function childrenOf(key: RegistryKey, pattern: string): RegistryKey[] {
  const matches = nameMatcher(pattern);
  const names = pattern.includes('*') ? sortedNames(key.keys).filter(matches) : [pattern];
  return names.flatMap((name) => {
    const child = key.keys.get(name);
    return child === undefined || child.kind === 'delete-entry' ? [] : [child];
  });
}

/** Whether a path, from the scope's root, is one that the place means. */
export function isAtPlace(path: readonly string[], place: string): boolean {
  const names = place.split('\\');
  return (
    names.length === path.length &&
    names.every((name, at) => nameMatcher(foldName(name))(foldName(path[at] ?? '')))
  );
}
