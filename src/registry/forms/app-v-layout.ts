/** How App-V and MSIX put several hives into one file: `REGISTRY\MACHINE`, `REGISTRY\USER\…`. */
import { PatchError } from '../../errors.ts';
import { foldName, type HiveRoot, type Registry, type RegistryKey } from '../hive.ts';
import { emptyKey, isEmptyHive, keyWith } from '../key.ts';
import { templateName } from '../roots.ts';

/** What stands for the user who runs the application, and for what is `Software\Classes` of that user. */
const user = '[{AppVCurrentUserSID}]';
const userClasses = `${user}_Classes`;
const [foldedUser, foldedUserClasses] = [foldName(user), foldName(userClasses)];

export function hasAppVLayout(key: RegistryKey): boolean {
  const area = key.keys.get('REGISTRY');
  return key.keys.size === 1 && area !== undefined && (area.keys.has('MACHINE') || area.keys.has('USER'));
}

/** The hives of such a file. E_FORMAT where it has something beside them. */
export function fromAppV(key: RegistryKey): Registry {
  const area = key.keys.get('REGISTRY') ?? emptyKey();
  const machine = area.keys.get('MACHINE');
  const users = area.keys.get('USER');
  const known = [machine, users].filter((one) => one !== undefined).length;
  if (key.values.size > 0 || key.keys.size > 1 || area.values.size > 0 || area.keys.size > known) {
    throw new PatchError('E_FORMAT', 'the hive has something beside REGISTRY\\MACHINE and REGISTRY\\USER', {
      help: 'say which part of the registry it is (machine, for example), so that it is taken as it is',
    });
  }
  const others = new Map(users?.keys);
  for (const folded of [foldedUser, foldedUserClasses, templateName]) others.delete(folded);
  const hives: [HiveRoot, RegistryKey | undefined][] = [
    ['machine', machine],
    ['user', withClasses(users?.keys.get(foldedUser), users?.keys.get(foldedUserClasses))],
    ['user-template', users?.keys.get(templateName)],
    ['users', users && keyWith(users, { attributes: {}, keys: others })],
  ];
  return new Map(
    hives.flatMap(([root, hive]) => {
      if (hive === undefined || (root === 'users' && isEmptyHive(hive))) return [];
      return [[root, keyWith(hive, { name: '' })] as const];
    }),
  );
}

/**
 * The file of a registry. `previous` is what it had: the security of the keys above the hives, the way in which their
 * names are written, and whether the user's classes stand by themselves.
 */
export function toAppV(registry: Registry, previous: RegistryKey): RegistryKey {
  const area = previous.keys.get('REGISTRY') ?? emptyKey('REGISTRY');
  const users = area.keys.get('USER') ?? emptyKey('USER');
  const named = (name: string, key: RegistryKey | undefined, old: RegistryKey): [string, RegistryKey][] => {
    if (key === undefined) return [];
    return [[foldName(name), keyWith(key, { name: old.keys.get(foldName(name))?.name ?? name })]];
  };
  const own = splitClasses(registry.get('user'), users);
  const others = registry.get('users') ?? emptyKey();
  const keys = new Map([
    ...others.keys,
    ...named(templateName, registry.get('user-template'), users),
    ...named(user, own.user, users),
    ...named(userClasses, own.classes, users),
  ]);
  const hives = new Map(named('MACHINE', registry.get('machine'), area));
  if (keys.size > 0 || others.values.size > 0 || area.keys.has('USER')) {
    hives.set('USER', keyWith(users, { values: others.values, keys }));
  }
  return keyWith(previous, { keys: new Map([['REGISTRY', keyWith(area, { keys: hives })]]) });
}

/** The user's hive with the classes in their place; where it has some already, those count, as they do on Windows. */
function withClasses(
  hive: RegistryKey | undefined,
  classes: RegistryKey | undefined,
): RegistryKey | undefined {
  if (classes === undefined) return hive;
  const above = hive ?? emptyKey();
  const software = above.keys.get('SOFTWARE') ?? emptyKey('Software');
  if (software.keys.has('CLASSES')) {
    throw new PatchError('E_FORMAT', `the hive has the classes of ${user} twice`, {
      help: `leave out ${user}\\Software\\Classes, which is a link on Windows`,
    });
  }
  const inside = new Map([...software.keys, ['CLASSES', keyWith(classes, { name: 'Classes' })]]);
  return keyWith(above, {
    keys: new Map([...above.keys, ['SOFTWARE', keyWith(software, { keys: inside })]]),
  });
}

/** The other way round, where the file had the classes by themselves. */
function splitClasses(
  hive: RegistryKey | undefined,
  users: RegistryKey,
): { readonly user: RegistryKey | undefined; readonly classes: RegistryKey | undefined } {
  const before = users.keys.get(foldedUser);
  const software = hive?.keys.get('SOFTWARE');
  const classes = software?.keys.get('CLASSES');
  if (!hive || !software || !classes || !users.keys.has(foldedUserClasses))
    return { user: hive, classes: undefined };
  const inside = new Map(software.keys);
  inside.delete('CLASSES');
  const keys = new Map(hive.keys);
  const left = keyWith(software, { keys: inside });
  // Made for the classes alone, when they were read.
  const isMade = isEmptyHive(left) && before?.keys.has('SOFTWARE') !== true;
  if (isMade) keys.delete('SOFTWARE');
  else keys.set('SOFTWARE', left);
  const rest = keyWith(hive, { keys });
  return { user: isEmptyHive(rest) && before === undefined ? undefined : rest, classes };
}
