/** Where the keys of a binary hive stand in the registry: the file itself does not say it. */
import { PatchError } from '../../errors.ts';
import { hasAttributes } from '../attributes.ts';
import { type HiveRoot, foldName, hiveRoots, type Registry, type RegistryKey } from '../hive.ts';
import { emptyKey, isEmptyHive, keyWith } from '../key.ts';
import { type KeyPath, resolveRoot, rootPaths } from '../roots.ts';
import { fromAppV, hasAppVLayout, toAppV } from './app-v-layout.ts';

/** A key of the registry that is the file's root, or the layout of App-V's `Registry.dat` with several of them. */
export type RegfPlace = KeyPath | 'app-v';

const classes = ['Software', 'Classes'];
/** Hives by the names that Windows, MSIX and our layers give their files. */
const byName = new Map<string, KeyPath>([
  ['registry.dat', { root: 'machine', names: [] }],
  ['user.dat', { root: 'user', names: [] }],
  ['userclasses.dat', { root: 'user', names: classes }],
  ['ntuser.dat', { root: 'user', names: [] }],
  ['usrclass.dat', { root: 'user', names: classes }],
  ['default', { root: 'user-template', names: [] }],
  ['software', { root: 'machine', names: ['Software'] }],
  ['system', { root: 'machine', names: ['System'] }],
  ['sam', { root: 'machine', names: ['SAM'] }],
  ['security', { root: 'machine', names: ['Security'] }],
  ['components', { root: 'machine', names: ['Components'] }],
  ['system.reg', { root: 'machine', names: [] }],
  ['userdef.reg', { root: 'user-template', names: [] }],
  ...hiveRoots.flatMap((root): [string, KeyPath][] => [
    [`${root}.dat`, { root, names: [] }],
    [`${root}.reg`, { root, names: [] }],
  ]),
]);

/**
 * Where a hive belongs: what the caller says (a `HiveRoot`, or a path such as `HKLM\Software`), else App-V's layout where
 * the hive has it, else by the file's name. E_USAGE where nothing tells, or for a path that has no root.
 */
export function regfPlace(key: RegistryKey, root: string | undefined, name: string | undefined): RegfPlace {
  if (root !== undefined) return placeOf(root);
  if (hasAppVLayout(key)) return 'app-v';
  const place = byName.get((name ?? '').toLowerCase());
  if (place !== undefined) return place;
  throw new PatchError('E_USAGE', `${name ?? 'the hive'}: nothing tells which part of the registry it is`, {
    ...(name !== undefined && { entry: name }),
    help: 'say it (machine, user, user-template, users, or a path such as HKLM\\Software)',
  });
}

export function placeOf(root: string): KeyPath {
  const known = hiveRoots.find((one) => one === root);
  const place = known === undefined ? resolveRoot(root.split('\\')) : { root: known, names: [] };
  if (place !== null) return place;
  throw new PatchError('E_USAGE', `${JSON.stringify(root)} is no root of the registry`, {
    help: `name one of ${hiveRoots.join(', ')}, or a path such as HKLM\\Software`,
  });
}

/** The registry that a hive's keys are. E_FORMAT where App-V's layout has something beside the hives. */
export function toRegistry(key: RegistryKey, place: RegfPlace): Registry {
  if (place === 'app-v') return fromAppV(key);
  const inside = place.names.reduceRight((below, name) => {
    return keyWith(emptyKey(), { keys: new Map([[foldName(name), keyWith(below, { name })]]) });
  }, key);
  return new Map([[place.root, keyWith(inside, { name: '' })]]);
}

/** Whether a hive at that place can have keys of a root. */
export function placeHolds(place: RegfPlace, root: HiveRoot): boolean {
  return place === 'app-v' || place.root === root;
}

/**
 * The hive that has the registry's keys, the other way round. `previous` is what the file had: what no part of the
 * registry shows (security of the keys on the way, for example) stays. E_FORMAT for keys that have no place in it.
 */
export function fromRegistry(
  registry: Registry,
  place: RegfPlace,
  previous: RegistryKey = emptyKey(),
): RegistryKey {
  if (place === 'app-v') return toAppV(registry, previous);
  let key = registry.get(place.root) ?? emptyKey();
  for (const [root, other] of registry) {
    if (root !== place.root && !isEmptyHive(other)) throw noPlace(rootPaths[root], rootPaths[place.root]);
  }
  for (const [at, name] of place.names.entries()) {
    const next = key.keys.get(foldName(name));
    const beside = key.values.size > 0 || key.keys.size > (next === undefined ? 0 : 1);
    if (beside || key.kind !== 'key' || hasAttributes(key)) {
      const above = [rootPaths[place.root], ...place.names.slice(0, at)].join('\\');
      throw noPlace(above, [rootPaths[place.root], ...place.names].join('\\'));
    }
    key = next ?? emptyKey();
  }
  return keyWith(key, { name: '' });
}

function noPlace(what: string, where: string): PatchError {
  return new PatchError('E_FORMAT', `${what} has keys or values that have no place in a hive of ${where}`, {
    entry: what,
    help: 'put them into another file, or write .reg text',
  });
}
