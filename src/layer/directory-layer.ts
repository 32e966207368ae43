/** Layers in folders: a plain application directory, or a layer directory (`layer.json` and `read-only/`). */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PatchError, fromSystem, systemCode } from '../errors.ts';
import {
  type RegistrySource,
  areaFilesOf,
  areaHivesOf,
  openAreaFile,
  openRegistry,
} from '../registry/forms/forms.ts';
import type { HiveRoot, Registry } from '../registry/hive.ts';
import { type Root, directorySublayer } from './directory-sublayer.ts';
import { hiveEntries, together } from './hive-entry.ts';
import {
  type LayerJson,
  deleteEntriesFile,
  layerFile,
  parseDeleteEntries,
  parseLayerJson,
} from './layer-json.ts';
import type { Entry, Layer } from './layer.ts';
import { applicationRoot, entryName, nameProblem, registryArea } from './name.ts';
import type { Odd } from './walk.ts';

/** Where `apply` keeps its drafts, inside of the directory that it changes. Never an entry. */
export const workFolder = '.vpa-work';
/** What a directory remembers of the patches that were applied to it, and the backup of the last one. Never an entry. */
export const historyFolder = '.vpa';
/** Names at the top of a directory that are ours. */
export const reservedNames: ReadonlySet<string> = new Set([workFolder, historyFolder]);

/** A registry file of any form (`detectForm`), and what is in it. */
export interface RegistryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly registry: Registry;
  /** What it needs to be written in the same form again. */
  readonly source: RegistrySource;
}

/** A layer in a folder, with what is needed to write to it. */
export interface DirectoryLayer extends Layer {
  readonly directory: string;
  /** Null for a plain application directory. */
  readonly description: LayerJson | null;
  /** Variables and their folders, as they are on disk now. */
  readonly roots: () => readonly Root[];
  readonly registryFiles: readonly RegistryFile[];
  /** Files of the registry area that are no registries, with the hives that they should have; only where that is no error. */
  readonly broken: readonly { readonly path: string; readonly roots: readonly HiveRoot[] }[];
  readonly deleteEntries: readonly string[];
}

/**
 * Opens a folder as a layer. `registry`: registry files of any form that belong to a plain application directory. E_INPUT
 * for what cannot be read, E_FORMAT for a `layer.json` or registry file that is not one, E_USAGE for a hive of which
 * nothing tells which part of the registry it is. With `onOdd` (`walk`), what an accident has left there is no error: broken
 * files of a layer's registry area and what does not belong into its files area are passed over.
 */
export function openDirectory(
  path: string,
  registry: readonly string[] = [],
  onOdd?: (odd: Odd) => void,
): DirectoryLayer {
  const directory = resolve(path);
  try {
    if (!statSync(directory).isDirectory()) {
      throw new PatchError('E_INPUT', `${path}: is not a directory`, {
        entry: path,
        help: 'give a directory',
      });
    }
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  if (!existsSync(join(directory, layerFile))) return plainDirectory(directory, registry, onOdd);
  if (registry.length > 0) {
    throw new PatchError('E_USAGE', `${path}: is a layer directory, which has its registry inside`, {
      entry: path,
      help: `leave the registry files out, or put them into ${join(path, 'read-only', 'registry')}`,
    });
  }
  return layerDirectory(directory, onOdd);
}

function plainDirectory(
  directory: string,
  registry: readonly string[],
  onOdd?: (odd: Odd) => void,
): DirectoryLayer {
  const registryFiles = registry.map((path) => {
    const bytes = readInput(path);
    const source = openRegistry(bytes, { name: basename(path) });
    return { path: resolve(path), bytes, source, registry: source.registry };
  });
  const roots = (): Root[] => [{ variable: applicationRoot, path: directory }];
  return {
    identity: { id: '', name: basename(directory), version: '' },
    variables: {},
    location: directory,
    directory,
    description: null,
    roots,
    registryFiles,
    broken: [],
    deleteEntries: [],
    readOnly: directorySublayer({
      roots,
      others: hiveEntries(together(registryFiles)),
      reserved: reservedNames,
      onOdd,
    }),
  };
}

function layerDirectory(directory: string, onOdd?: (odd: Odd) => void): DirectoryLayer {
  const description = parseLayerJson(
    readInput(join(directory, layerFile)).toString(),
    join(directory, layerFile),
  );
  const readOnly = join(directory, 'read-only');
  const broken: { path: string; roots: readonly HiveRoot[] }[] = [];
  const registryFiles = areaFilesOf(namesIn(join(readOnly, 'registry'))).flatMap((name): RegistryFile[] => {
    const path = join(readOnly, 'registry', name);
    try {
      const bytes = readInput(path);
      const source = openAreaFile(name, bytes, path);
      return [{ path, bytes, source, registry: source.registry }];
    } catch (error) {
      if (!onOdd || !(error instanceof PatchError)) throw error;
      onOdd({ path, reason: 'is no registry file that can be read' });
      broken.push({ path, roots: areaHivesOf(name) });
      return [];
    }
  });
  const deletePath = join(readOnly, deleteEntriesFile);
  const deleteEntries = parseDeleteEntries(readOptional(deletePath)?.toString() ?? '[]', deletePath);
  const deletes = deleteEntries.map((name): Entry => {
    return { name: entryName(name), meta: { type: 'delete-entry' }, bytes: null };
  });
  const roots = (): Root[] => variableFolders(join(readOnly, 'files'), onOdd);
  const { id, name, version, variables } = description;
  return {
    identity: { id, name, version },
    variables,
    location: directory,
    directory,
    description,
    roots,
    registryFiles,
    broken,
    deleteEntries,
    readOnly: directorySublayer({
      roots,
      others: [...hiveEntries(together(registryFiles)), ...deletes],
      onOdd,
    }),
  };
}

/** The folders of the files area; each is named as a variable. */
function variableFolders(files: string, onOdd?: (odd: Odd) => void): Root[] {
  if (!existsSync(files)) return [];
  return readdirSync(files, { withFileTypes: true }).flatMap((item) => {
    const path = join(files, item.name);
    const problem = item.isDirectory() ? nameProblem(item.name) : 'it is not a directory';
    if (problem === null && item.name !== registryArea) return [{ variable: item.name, path }];
    if (onOdd && nameProblem(item.name) !== null) {
      onOdd({ path, reason: 'does not belong into the files of a layer' });
      return [];
    }
    throw new PatchError(
      'E_NAME',
      `${path}: is not the folder of a variable: ${problem ?? 'the name is taken'}`,
      {
        entry: item.name,
        help: 'files of a layer are in folders that are named as variables: read-only/files/ProgramFilesX64/…',
      },
    );
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fromSystem(error, 'read', folder);
  }
}

function readInput(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
}

function readOptional(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw fromSystem(error, 'read', path);
  }
}
