/** Makes a layer directory of a layer in any form, in a new folder: the first generation of a layer in a store. */
import { chmodSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromSystem, systemCode } from '../../errors.ts';
import type { DirectoryLayer } from '../../layer/directory-layer.ts';
import { together } from '../../layer/hive-entry.ts';
import {
  type LayerJson,
  deleteEntriesFile,
  formatDeleteEntries,
  formatLayerJson,
  layerFile,
} from '../../layer/layer-json.ts';
import type { Identity } from '../../layer/layer.ts';
import { applicationRoot } from '../../layer/name.ts';
import type { VsaLayer } from '../../layer/vsa.ts';
import { platformHasModes } from '../../layer/walk.ts';
import { newAreaFile } from '../../registry/forms/forms.ts';
import type { Registry } from '../../registry/hive.ts';
import { parseReg } from '../../registry/text/parse-reg.ts';
import { formatReg } from '../../registry/text/format-reg.ts';
import { copyTree } from '../copy-tree.ts';
import { historyFile, readHistory } from '../history.ts';
import { writableName } from '../writable.ts';
import { writeEntries } from './write-entries.ts';

/** What can be brought into a store. */
export type Importable = DirectoryLayer | VsaLayer;

export function isDirectory(layer: Importable): layer is DirectoryLayer {
  return 'directory' in layer;
}

/** The layer's read-only sublayer, with another identity. `tree` is left open to us. */
export async function makeLayerTree(
  layer: Importable,
  tree: string,
  identity: Identity,
  signal: AbortSignal,
): Promise<void> {
  mkdirSync(tree, { recursive: true });
  try {
    if (!isDirectory(layer)) await fromEntries(layer, tree, signal);
    else if (layer.description === null) await fromPlain(layer, tree, signal);
    else await fromLayer(layer, tree, signal);
  } catch (error) {
    // What is missing or closed there is no fault of the store.
    const { path = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
    const isTheirs = systemCode(error) !== undefined && path !== '' && !path.startsWith(tree);
    throw isTheirs ? fromSystem(error, 'read', path) : error;
  }
  describe(layer, tree, identity);
}

async function fromLayer({ directory }: DirectoryLayer, tree: string, signal: AbortSignal): Promise<void> {
  const writable = join(directory, writableName);
  const close = await copyTree(directory, tree, (path) => path !== writable, signal);
  close(new Set([tree]));
}

async function fromPlain(
  { directory, registryFiles }: DirectoryLayer,
  tree: string,
  signal: AbortSignal,
): Promise<void> {
  const files = join(tree, 'read-only', 'files', applicationRoot);
  mkdirSync(dirname(files), { recursive: true });
  (await copyTree(directory, files, () => true, signal))(new Set());
  writeRegistry(tree, together(registryFiles));
}

async function fromEntries({ readOnly }: VsaLayer, tree: string, signal: AbortSignal): Promise<void> {
  const files = join(tree, 'read-only', 'files');
  mkdirSync(files, { recursive: true });
  const others = await writeEntries(readOnly.entries({ signal }), files, signal);
  const deletes: string[] = [];
  for (const { name, meta, bytes } of others) {
    if (meta.type === 'delete-entry') deletes.push(name);
    else if (bytes) writeRegistry(tree, parseReg(await bytes.read(0, bytes.size)));
  }
  if (deletes.length > 0)
    writeFileSync(join(tree, 'read-only', deleteEntriesFile), formatDeleteEntries(deletes));
}

/** One file for each hive. */
function writeRegistry(tree: string, registry: Registry): void {
  if (registry.size === 0) return;
  const area = join(tree, 'read-only', 'registry');
  mkdirSync(area, { recursive: true });
  for (const [root, key] of registry) {
    writeFileSync(join(area, newAreaFile(root)), formatReg(new Map([[root, key]])), { flag: 'wx' });
  }
}

function describe(layer: Importable, tree: string, identity: Identity): void {
  const given: LayerJson = layer.description ?? {
    ...{ format: 1, id: identity.id, name: '', version: '', excludes: [] },
    variables: { ...layer.variables },
  };
  const path = join(tree, layerFile);
  const mode = lstatSync(path, { throwIfNoEntry: false })?.mode;
  rmSync(path, { force: true });
  writeFileSync(path, formatLayerJson({ ...given, id: identity.id }, identity), { flag: 'wx' });
  if (platformHasModes && mode !== undefined) chmodSync(path, mode & 0o7777);
  const history = isDirectory(layer) ? readHistory(layer.directory) : null;
  if (history === null) return;
  const copy = historyFile(tree);
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, `${JSON.stringify(history, null, 2)}\n`);
}

/** Copies what users wrote to a folder that is not there yet; nothing where they wrote nothing. */
export async function makeWritable(layer: Importable, folder: string, signal: AbortSignal): Promise<void> {
  if (isDirectory(layer)) {
    if (layer.description === null) return;
    const from = join(layer.directory, writableName);
    if (lstatSync(from, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    (await copyTree(from, folder, () => true, signal))(new Set());
    return;
  }
  await writeEntries(layer.writable.entries({ signal }), dirname(folder), signal);
}
