/** A key as it is named on the command line. */
import { PatchError } from '../../errors.ts';
import { foldName, type HiveRoot, hiveRoots, type Registry, type RegistryKey } from '../../registry/hive.ts';
import { type KeyPath, resolveRoot, rootPaths } from '../../registry/roots.ts';

export interface LocatedKey {
  readonly root: HiveRoot;
  /** As written in the registry. */
  readonly names: readonly string[];
  readonly key: RegistryKey;
}

/** A registry and the key in it that its file's root is, if it is one. */
export interface PlacedRegistry {
  readonly registry: Registry;
  readonly place: KeyPath | null;
}

/**
 * Finds a key by a path from a root (`HKLM\…`), or from the root of a hive file or of the only hive that there is. E_INPUT
 * where there is no such key, E_USAGE where the path does not say in which hive.
 */
export function locateKey({ registry, place }: PlacedRegistry, text: string): LocatedKey {
  const components = text.split('\\').filter((name) => name !== '');
  const start = (): KeyPath => place ?? { root: onlyRoot(registry, text), names: [] };
  const { root, names } = resolveRoot(components) ?? below(start(), components);
  let key = registry.get(root);
  if (key === undefined) throw missing(rootPaths[root], 'the registry has no keys below it');
  const written: string[] = [];
  for (const name of names) {
    const child: RegistryKey | undefined = key.keys.get(foldName(name));
    if (child === undefined) {
      const above = pathText(root, written);
      throw missing(pathText(root, [...written, name]), `there is no such key in ${above}`);
    }
    written.push(child.name);
    key = child;
  }
  return { root, names: written, key };
}

/** The one key; without a text, the root of a hive file or the roots of all hives. */
export function locateKeys(placed: PlacedRegistry, text: string | undefined): LocatedKey[] {
  const { registry, place } = placed;
  if (text !== undefined) return [locateKey(placed, text)];
  if (place !== null) return [locateKey(placed, pathText(place.root, place.names))];
  return hiveRoots.flatMap((root) => {
    const key = registry.get(root);
    return key === undefined ? [] : [{ root, names: [], key }];
  });
}

export function pathText(root: HiveRoot, names: readonly string[]): string {
  return [rootPaths[root], ...names].join('\\');
}

function below({ root, names }: KeyPath, more: readonly string[]): KeyPath {
  return { root, names: [...names, ...more] };
}

function onlyRoot(registry: Registry, text: string): HiveRoot {
  const [root, ...others] = registry.keys();
  if (root !== undefined && others.length === 0) return root;
  throw new PatchError('E_USAGE', `the key ${text} does not say in which hive it is`, {
    entry: text,
    help: `begin it with one of ${[...registry.keys()].map((one) => rootPaths[one]).join(', ')}`,
  });
}

function missing(path: string, why: string): PatchError {
  return new PatchError('E_INPUT', `${path}: ${why}`, {
    entry: path,
    help: 'vpa registry show lists what there is',
  });
}
