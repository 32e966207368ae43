/** Layers in folders: a plain application directory, or a layer directory (`layer.json` and `read-only/`). */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PatchError, fromSystem, systemCode } from '../errors.ts';
import { type RegistrySource, areaFilesOf, openAreaFile, openRegistry } from '../registry/forms/forms.ts';
import type { Registry } from '../registry/hive.ts';
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
  readonly deleteEntries: readonly string[];
}

/**
 * Opens a folder as a layer. `registry`: registry files of any form that belong to a plain application directory. E_INPUT
 * for what cannot be read, E_FORMAT for a `layer.json` or registry file that is not one, E_USAGE for a hive of which
 * nothing tells which part of the registry it is.
 */
export function openDirectory(path: string, registry: readonly string[] = []): DirectoryLayer {
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
  if (!existsSync(join(directory, layerFile))) return plainDirectory(directory, registry);
  if (registry.length > 0) {
    throw new PatchError('E_USAGE', `${path}: is a layer directory, which has its registry inside`, {
      entry: path,
      help: `leave the registry files out, or put them into ${join(path, 'read-only', 'registry')}`,
    });
  }
  return layerDirectory(directory);
}

function plainDirectory(directory: string, registry: readonly string[]): DirectoryLayer {
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
    deleteEntries: [],
    readOnly: directorySublayer({
      roots,
      others: hiveEntries(together(registryFiles)),
      reserved: reservedNames,
    }),
  };
}

function layerDirectory(directory: string): DirectoryLayer {
  const description = parseLayerJson(
    readInput(join(directory, layerFile)).toString(),
    join(directory, layerFile),
  );
  const readOnly = join(directory, 'read-only');
  const registryFiles = areaFilesOf(namesIn(join(readOnly, 'registry'))).map((name): RegistryFile => {
    const path = join(readOnly, 'registry', name);
    const bytes = readInput(path);
    const source = openAreaFile(name, bytes, path);
    return { path, bytes, source, registry: source.registry };
  });
  const deletePath = join(readOnly, deleteEntriesFile);
  const deleteEntries = parseDeleteEntries(readOptional(deletePath)?.toString() ?? '[]', deletePath);
  const deletes = deleteEntries.map((name): Entry => {
    return { name: entryName(name), meta: { type: 'delete-entry' }, bytes: null };
  });
  const roots = (): Root[] => variableFolders(join(readOnly, 'files'));
  const { id, name, version, variables } = description;
  return {
    identity: { id, name, version },
    variables,
    location: directory,
    directory,
    description,
    roots,
    registryFiles,
    deleteEntries,
    readOnly: directorySublayer({ roots, others: [...hiveEntries(together(registryFiles)), ...deletes] }),
  };
}

/** The folders of the files area; each is named as a variable. */
function variableFolders(files: string): Root[] {
  if (!existsSync(files)) return [];
  return readdirSync(files, { withFileTypes: true }).map((item) => {
    const path = join(files, item.name);
    const problem = item.isDirectory() ? nameProblem(item.name) : 'it is not a directory';
    if (problem === null && item.name !== registryArea) return { variable: item.name, path };
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
