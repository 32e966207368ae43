/** The files of a layer that are not entries themselves: registry files, the list of delete entries, `layer.json`. */
import { join } from 'node:path';
import { PatchError } from '../errors.ts';
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import { parseHive } from '../layer/hive-entry.ts';
import { deleteEntriesFile, formatDeleteEntries, formatLayerJson, layerFile } from '../layer/layer-json.ts';
import type { Identity } from '../layer/layer.ts';
import { compareNames } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import { formatReg } from '../registry/format-reg.ts';
import { type HiveRoot, type Registry, type RegistryKey, hiveRoots } from '../registry/hive.ts';
import { splitUnion } from '../registry/union.ts';

/** A file and its new content; null where it goes. */
export interface Sidecar {
  readonly path: string;
  readonly content: Uint8Array | null;
}

/** What the patch says of hives, delete entries and identity, gathered until the commit. */
export interface Gathered {
  readonly hives: ReadonlyMap<HiveRoot, Uint8Array>;
  readonly deleteEntries: readonly Change[];
  readonly identity: Identity | null;
}

/** The files that have to be written, with their whole new contents. E_CONFLICT for what this kind of layer cannot hold. */
export function sidecarsOf(layer: DirectoryLayer, gathered: Gathered): Sidecar[] {
  return [
    ...registrySidecars(layer, gathered),
    ...deleteSidecars(layer, gathered),
    ...identitySidecars(layer, gathered),
  ];
}

function registrySidecars(layer: DirectoryLayer, { hives }: Gathered): Sidecar[] {
  if (hives.size === 0) return [];
  const after = new Map([...hives].map(([root, text]) => [root, parseHive(root, text, root)] as const));
  return layer.description === null ? ownFiles(layer, after) : areaFiles(layer, after);
}

/** A layer directory has one file for each hive. */
function areaFiles({ directory }: DirectoryLayer, after: ReadonlyMap<HiveRoot, RegistryKey>): Sidecar[] {
  return [...after].map(([root, key]) => ({
    path: join(directory, 'read-only', 'registry', `${root}.reg`),
    content: isEmpty(key) ? null : formatReg(new Map([[root, key]])),
  }));
}

/** Beside a plain directory the user named the files; each keeps what it had. */
function ownFiles({ registryFiles }: DirectoryLayer, after: ReadonlyMap<HiveRoot, RegistryKey>): Sidecar[] {
  if (registryFiles.length === 0) {
    throw new PatchError('E_CONFLICT', 'the patch changes the registry, and no registry file was given', {
      help: 'name the .reg file of the application (--registry)',
    });
  }
  const now = registryFiles.map(({ registry }) => new Map(registry));
  for (const [root, key] of after) {
    const parts = splitUnion(
      key,
      registryFiles.map(({ registry }) => registry.get(root)),
    );
    parts.forEach((part, index) => {
      if (isEmpty(part)) now[index]?.delete(root);
      else now[index]?.set(root, part);
    });
  }
  return registryFiles.map(({ path }, index) => ({
    path,
    content: formatReg(inOrder(now[index] ?? new Map())),
  }));
}

function isEmpty(key: RegistryKey): boolean {
  return key.keys.size === 0 && key.values.size === 0;
}

function inOrder(registry: Registry): Registry {
  return new Map(
    hiveRoots.flatMap((root) => (registry.has(root) ? [[root, registry.get(root) as RegistryKey]] : [])),
  );
}

function deleteSidecars(layer: DirectoryLayer, { deleteEntries }: Gathered): Sidecar[] {
  if (deleteEntries.length === 0) return [];
  if (layer.description === null) {
    throw new PatchError(
      'E_CONFLICT',
      'the patch has delete entries, which only a layer directory can hold',
      {
        entry: deleteEntries[0]?.name ?? '',
        help: 'apply it to a layer directory',
      },
    );
  }
  const names = new Set(layer.deleteEntries);
  for (const { name, before, after } of deleteEntries) {
    if (before?.type === 'delete-entry') names.delete(name);
    if (after?.type === 'delete-entry') names.add(name);
  }
  const content = names.size === 0 ? null : Buffer.from(formatDeleteEntries([...names].sort(compareNames)));
  return [{ path: join(layer.directory, 'read-only', deleteEntriesFile), content }];
}

function identitySidecars({ description, directory }: DirectoryLayer, { identity }: Gathered): Sidecar[] {
  if (description === null || identity === null || description.version === identity.version) return [];
  return [{ path: join(directory, layerFile), content: Buffer.from(formatLayerJson(description, identity)) }];
}

/** Whether a change is of a hive; such changes are gathered, not staged. */
export function hiveOf(change: Change): HiveRoot | null {
  return change.after?.type === 'hive' || change.before?.type === 'hive' ? hiveRootOf(change.name) : null;
}

export function isDeleteEntry({ before, after }: Change): boolean {
  return before?.type === 'delete-entry' || after?.type === 'delete-entry';
}
