/** Writes a registry in any form. */
import { isPatchError, PatchError } from '../../errors.ts';
import { formatReg } from '../text/format-reg.ts';
import { type HiveRoot, hiveRoots, type Registry, type RegistryKey } from '../hive.ts';
import { emptyKey, isEmptyHive } from '../key.ts';
import { formatRegf } from '../regf-write/format-regf.ts';
import { fileTimeOf } from '../wine/filetime.ts';
import { formatWine } from '../wine/format-wine.ts';
import { toWine } from '../wine/to-wine.ts';
import { winePlaceOf } from '../wine/wine-registry.ts';
import { detectForm, type RegistryForm } from './form.ts';
import { formatJson } from './json-form.ts';
import { formatReg4 } from './format-reg4.ts';
import { keepTimes } from './keep-times.ts';
import { fromRegistry, placeOf, type RegfPlace } from './regf-place.ts';
import { openRegistry, type ReadRegistryOptions, type RegistrySource } from './read-registry.ts';

export interface WriteRegistryOptions extends ReadRegistryOptions {
  /**
   * Seconds since 1970 for keys that are new or changed, in forms that keep times (`regf`, `wine`). Left out, it is the
   * form's zero: equal registries give equal files, whenever they are written.
   */
  readonly time?: number;
}

/**
 * The bytes of a registry in a form. `previous` is the file that it replaces, of the same form: keys without a change
 * keep their times, and what the form has beside the registry (the header of a Wine file, the version and root name of a
 * hive) stays. What a form has no place for is left out (security descriptors in a Wine file, times in text) or, where it
 * is more than that, refused: E_FORMAT, E_NAME, E_LIMIT. `name` and `root` are as for reading.
 */
export function writeRegistry(
  registry: Registry,
  form: RegistryForm,
  previous?: Uint8Array,
  options: WriteRegistryOptions = {},
): Uint8Array {
  if (previous !== undefined && detectForm(previous) === form) {
    return writeAgain(registry, openRegistry(previous, options), options);
  }
  switch (form) {
    case 'reg5':
      return formatReg(registry);
    case 'reg4':
      return formatReg4(registry, options.codePage);
    case 'json':
      return formatJson(registry);
    case 'wine': {
      const root = options.root === undefined ? onlyRoot(registry) : placeOf(options.root).root;
      const relativeTo = winePlaceOf(root);
      if (relativeTo === null) throw noWineFile(root);
      return formatWine(toWine(only(registry, root), { relativeTo, ...timeOf(options) }));
    }
    case 'regf': {
      const key = fromRegistry(registry, newPlace(registry, options));
      return formatRegf(key, { version: hasDeletes(key) ? '1.6' : '1.5', ...fileTime(options) });
    }
  }
}

/** The registry in the form and place of the file that it came from. */
export function writeAgain(
  registry: Registry,
  source: RegistrySource,
  options: WriteRegistryOptions = {},
): Uint8Array {
  switch (source.form) {
    case 'reg5':
      return formatReg(registry);
    case 'reg4':
      return formatReg4(registry, source.codePage);
    case 'json':
      return formatJson(registry);
    case 'wine':
      return formatWine(toWine(only(registry, source.root), { previous: source.wine, ...timeOf(options) }));
    case 'regf': {
      const { place, regf } = source;
      const time = options.time === undefined ? 0n : fileTimeOf(options.time);
      const key = keepTimes(fromRegistry(registry, place, regf.key), regf.key, time);
      const version = hasDeletes(key) ? '1.6' : versionOf(regf.minor);
      return formatRegf(key, { version, rootName: regf.rootName });
    }
  }
}

/** As `writeAgain`; REGEDIT4 that cannot carry the registry any more becomes version 5. */
export function writeAgainOrUnicode(
  registry: Registry,
  source: RegistrySource,
  options: WriteRegistryOptions = {},
): Uint8Array {
  try {
    return writeAgain(registry, source, options);
  } catch (error) {
    const isText = source.form === 'reg4' && isPatchError(error) && error.code !== 'E_LIMIT';
    if (!isText) throw error;
    return formatReg(registry);
  }
}

function newPlace(registry: Registry, { root }: WriteRegistryOptions): RegfPlace {
  if (root !== undefined) return placeOf(root);
  const roots = [...registry].filter(([, key]) => !isEmptyHive(key));
  // A hive of several roots has App-V's layout, the only one that names them.
  return roots.length > 1 ? 'app-v' : { root: onlyRoot(registry), names: [] };
}

function onlyRoot(registry: Registry): HiveRoot {
  const roots = hiveRoots.filter((root) => registry.has(root));
  const full = roots.filter((root) => !isEmptyHive(registry.get(root) ?? emptyKey()));
  const [first, ...more] = full.length > 0 ? full : roots;
  if (first !== undefined && more.length === 0) return first;
  throw new PatchError('E_USAGE', 'nothing tells which hive is to be written', {
    help: `name one of: ${(roots.length > 0 ? roots : hiveRoots).join(', ')}`,
  });
}

/** The hive, when there is no other. */
function only(registry: Registry, root: HiveRoot): RegistryKey {
  const other = [...registry].find(([one, key]) => one !== root && !isEmptyHive(key));
  if (other === undefined) return registry.get(root) ?? emptyKey();
  throw new PatchError(
    'E_FORMAT',
    `a Wine file of the hive '${root}' has no place for keys of '${other[0]}'`,
    {
      help: 'write one file for each hive',
    },
  );
}

function noWineFile(root: HiveRoot): PatchError {
  return new PatchError('E_FORMAT', `Wine has no file for the hive '${root}'`, {
    help: 'write .reg text or a hive',
  });
}

function timeOf({ time }: WriteRegistryOptions): { readonly time?: number } {
  return time === undefined ? {} : { time };
}

function fileTime({ time }: WriteRegistryOptions): { readonly lastWrite?: bigint } {
  return time === undefined ? {} : { lastWrite: fileTimeOf(time) };
}

function versionOf(minor: number): '1.3' | '1.4' | '1.5' | '1.6' {
  if (minor === 3) return '1.3';
  if (minor === 4) return '1.4';
  return minor === 5 ? '1.5' : '1.6';
}

/** Only hives of version 1.6 have delete entries. */
function hasDeletes(key: RegistryKey): boolean {
  if (key.kind !== 'key') return true;
  for (const { type } of key.values.values()) if (type === 'delete-entry') return true;
  for (const child of key.keys.values()) if (hasDeletes(child)) return true;
  return false;
}
