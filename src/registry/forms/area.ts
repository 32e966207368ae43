/** The files of a layer's registry area: which names there are, and what may be in each. */
import { PatchError } from '../../errors.ts';
import { type HiveRoot, hiveRoots } from '../hive.ts';
import { openRegistry, type RegistrySource } from './read-registry.ts';

/**
 * By name in lower case. `<hive>.reg` and `<hive>.dat` are ours; the others are what App-V, MSIX and Wine call theirs. What
 * form a file has is told by its content alone.
 */
const areaFiles = new Map<string, readonly HiveRoot[]>([
  ...hiveRoots.flatMap((root): [string, HiveRoot[]][] => [
    [`${root}.reg`, [root]],
    [`${root}.dat`, [root]],
  ]),
  ['registry.dat', hiveRoots],
  ['userclasses.dat', ['user']],
  ['system.reg', ['machine']],
  ['userdef.reg', ['user-template']],
]);

/** Whether a file of that name is part of a registry area; all others are passed over. */
export function isAreaFile(name: string): boolean {
  return areaFiles.has(name.toLowerCase());
}

/** The hives that a file of an area may have, by its name. */
export function areaHivesOf(name: string): readonly HiveRoot[] {
  return areaFiles.get(name.toLowerCase()) ?? hiveRoots;
}

/** The names of an area's files in the order in which they are put together. */
export function areaFilesOf(names: Iterable<string>): string[] {
  return [...names].filter(isAreaFile).sort();
}

/** What we call the file of a hive that had none. */
export function newAreaFile(root: HiveRoot): string {
  return `${root}.reg`;
}

/**
 * Reads a file of an area. `what` is for messages. E_FORMAT where it is no registry, or has keys of a hive that its name
 * does not stand for.
 */
export function openAreaFile(name: string, bytes: Uint8Array, what: string): RegistrySource {
  let source: RegistrySource;
  try {
    source = openRegistry(bytes, { name });
  } catch (error) {
    throw named(error, what);
  }
  const allowed = areaHivesOf(name);
  const foreign = [...source.registry.keys()].find((root) => !allowed.includes(root));
  if (foreign === undefined) return source;
  throw new PatchError(
    'E_FORMAT',
    `${what}: has keys of the hive '${foreign}', not of '${allowed.join("', '")}' only`,
    { entry: what, help: `move them to ${newAreaFile(foreign)}` },
  );
}

/** The same error, with the file that it is about. */
function named(error: unknown, what: string): unknown {
  if (!(error instanceof PatchError) || error.message.includes(what)) return error;
  return new PatchError(error.code, `${what}: ${error.message}`, {
    entry: what,
    ...(error.help !== undefined && { help: error.help }),
    details: error.details,
    cause: error,
  });
}
