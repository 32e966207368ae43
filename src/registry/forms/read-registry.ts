/** Reads a registry file of any form. */
import { bytesOf } from '../../bytes.ts';
import { PatchError } from '../../errors.ts';
import type { HiveRoot, Registry } from '../hive.ts';
import { parseReg } from '../text/parse-reg.ts';
import { openHive } from '../regf-read/open-hive.ts';
import { fromWine } from '../wine/from-wine.ts';
import { parseWine } from '../wine/parse-wine.ts';
import { type WineRegistry, wineRootOf } from '../wine/wine-registry.ts';
import { detectForm } from './form.ts';
import { parseJson } from './json-form.ts';
import { withoutDefaultSecurity } from './own-security.ts';
import { type RegfFile, readRegf } from './regf-file.ts';
import { placeHolds, placeOf, type RegfPlace, regfPlace, toRegistry } from './regf-place.ts';

export interface ReadRegistryOptions {
  /** The file's name: where a hive or a Wine file does not say which part of the registry it is, its name may. */
  readonly name?: string;
  /** Which part of the registry a hive or a Wine file is: a `HiveRoot`, or a path such as `HKLM\Software`. */
  readonly root?: string;
  /** REGEDIT4: the code page; windows-1252 if left out. */
  readonly codePage?: string;
}

/** A registry file with all that is needed to write it in the same form again. */
export type RegistrySource =
  | { readonly form: 'reg5' | 'reg4' | 'json'; readonly registry: Registry; readonly codePage?: string }
  | {
      readonly form: 'wine';
      readonly registry: Registry;
      readonly root: HiveRoot;
      readonly wine: WineRegistry;
    }
  | {
      readonly form: 'regf';
      readonly registry: Registry;
      readonly place: RegfPlace;
      readonly regf: RegfFile;
    };

/** What Wine calls its files. */
const wineNames = new Map<string, HiveRoot>([
  ['system.reg', 'machine'],
  ['user.reg', 'user'],
  ['userdef.reg', 'user-template'],
]);

/**
 * Reads a file that is in memory. A hive that was not written to its end is refused: `readRegistry` takes its logs.
 * E_FORMAT for what is no registry or broken, E_LIMIT, E_USAGE where nothing tells which part of the registry it is.
 */
export function openRegistry(bytes: Uint8Array, options: ReadRegistryOptions = {}): RegistrySource {
  const form = detectForm(bytes);
  switch (form) {
    case 'reg5':
    case 'reg4': {
      const { codePage } = options;
      const given = codePage === undefined ? {} : { codePage };
      return { form, registry: parseReg(bytes, given), ...given };
    }
    case 'json':
      return { form, registry: parseJson(bytes) };
    case 'wine': {
      const wine = parseWine(bytes);
      const root = wineRoot(wine, options);
      return { form, root, wine, registry: new Map([[root, fromWine(wine)]]) };
    }
    case 'regf': {
      const regf = readRegf(bytes);
      const place = regfPlace(regf.key, options.root, options.name);
      return { form, place, regf, registry: toRegistry(regf.key, place) };
    }
    case null:
      throw new PatchError('E_FORMAT', `${options.name ?? 'the file'}: is no registry`, {
        ...(options.name !== undefined && { entry: options.name }),
        help: 'give .reg text, a hive of Windows, or a registry file of Wine',
      });
  }
}

/**
 * Reads a file of any form. `logs` are those of a hive (.LOG, .LOG1, .LOG2, in this order), which complete it when it was
 * not written to its end. E_FORMAT, E_LIMIT, E_USAGE as `openRegistry`.
 */
export async function readRegistry(
  bytes: Uint8Array,
  options: ReadRegistryOptions & { readonly logs?: readonly Uint8Array[] } = {},
): Promise<Registry> {
  const { logs = [], root, name } = options;
  if (detectForm(bytes) !== 'regf' || logs.length === 0) return openRegistry(bytes, options).registry;
  const hive = await openHive(bytesOf(bytes), { logs: logs.map(bytesOf) });
  const key = withoutDefaultSecurity(await hive.toKey());
  return toRegistry(key, regfPlace(key, root, name));
}

function wineRoot({ relativeTo }: WineRegistry, { root, name }: ReadRegistryOptions): HiveRoot {
  const said = wineRootOf(relativeTo);
  const found = root === undefined ? (said ?? wineNames.get((name ?? '').toLowerCase())) : hiveOf(root);
  if (found !== undefined) return found;
  throw new PatchError('E_USAGE', `${name ?? 'the file'}: nothing tells which hive of Wine it is`, {
    help: 'say it: machine, user or user-template',
  });
}

function hiveOf(root: string): HiveRoot | undefined {
  const place = placeOf(root);
  return place.names.length === 0 ? place.root : undefined;
}

/** Whether a file of that form and place can have keys of a root. */
export function canHold(source: RegistrySource, root: HiveRoot): boolean {
  if (source.form === 'wine') return source.root === root;
  return source.form !== 'regf' || placeHolds(source.place, root);
}
