/** The files of a layer that are not entries themselves: registry files, the list of delete entries, `layer.json`. */
import { join } from 'node:path';
import { PatchError } from '../errors.ts';
import type { DirectoryLayer, RegistryFile } from '../layer/directory-layer.ts';
import { hiveRootOf } from '../layer/hive-names.ts';
import { parseHive } from '../layer/hive-entry.ts';
import { deleteEntriesFile, formatDeleteEntries, formatLayerJson, layerFile } from '../layer/layer-json.ts';
import type { Identity } from '../layer/layer.ts';
import { compareNames } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import { formatReg } from '../registry/text/format-reg.ts';
import { canHold, newAreaFile, writeAgainOrUnicode } from '../registry/forms/forms.ts';
import { type HiveRoot, type Registry, type RegistryKey, hiveRoots } from '../registry/hive.ts';
import { emptyKey, equalKeys, isEmptyHive } from '../registry/key.ts';
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

/** A layer directory's files; a hive that had none gets one, and a file that has nothing left goes. */
function areaFiles(layer: DirectoryLayer, after: Hives): Sidecar[] {
  const { registryFiles, broken, directory } = layer;
  const rest = new Map(after);
  // What is no registry cannot stand beside the new files of its hives.
  const sidecars: Sidecar[] = broken.flatMap(({ path, roots }) =>
    roots.some((root) => after.has(root)) ? [{ path, content: null }] : [],
  );
  divided(registryFiles, after, rest).forEach((now, index) => {
    const file = registryFiles[index];
    if (file === undefined || sameHives(now, file.registry)) return;
    const content = [...now.values()].every(isEmptyHive) ? null : rewritten(file, now);
    sidecars.push({ path: file.path, content });
  });
  for (const [root, key] of rest) {
    if (isEmptyHive(key)) continue;
    const path = join(directory, 'read-only', 'registry', newAreaFile(root));
    sidecars.push({ path, content: formatReg(new Map([[root, key]])) });
  }
  const made = new Set(sidecars.flatMap(({ path, content }) => (content ? [path] : [])));
  return sidecars.filter(({ path, content }) => content !== null || !made.has(path));
}

/** Beside a plain directory the user named the files; each keeps what it had. */
function ownFiles({ registryFiles }: DirectoryLayer, after: Hives): Sidecar[] {
  if (registryFiles.length === 0) {
    throw new PatchError('E_CONFLICT', 'the patch changes the registry, and no registry file was given', {
      help: 'name the registry file of the application (--registry)',
    });
  }
  const rest = new Map(after);
  const files = divided(registryFiles, after, rest);
  for (const [root, key] of rest) {
    if (isEmptyHive(key)) continue;
    const index = registryFiles.findIndex(({ source }) => canHold(source, root));
    if (index < 0) {
      throw new PatchError(
        'E_CONFLICT',
        `the patch has keys of the hive '${root}', which no registry file given can hold`,
        {
          entry: root,
          help: 'name another registry file beside them (--registry), for example .reg text',
        },
      );
    }
    files[index]?.set(root, key);
  }
  return registryFiles.map((file, index) => {
    const now = files[index] ?? new Map<HiveRoot, RegistryKey>();
    // Also a file without a change is told: a copy of the application has its own.
    return { path: file.path, content: sameHives(now, file.registry) ? file.bytes : rewritten(file, now) };
  });
}

type Hives = ReadonlyMap<HiveRoot, RegistryKey>;

/** What each file has then. Hives that were in none of them stay in `rest`. */
function divided(
  files: readonly RegistryFile[],
  after: Hives,
  rest: Map<HiveRoot, RegistryKey>,
): Map<HiveRoot, RegistryKey>[] {
  const now = files.map(({ registry }) => new Map(registry));
  for (const [root, key] of after) {
    const before = files.map(({ registry }) => registry.get(root));
    if (before.every((part) => part === undefined)) continue;
    rest.delete(root);
    splitUnion(key, before).forEach((part, index) => {
      if (isEmptyHive(part)) now[index]?.delete(root);
      else now[index]?.set(root, part);
    });
  }
  return now;
}

/** The file in the form that it had. */
function rewritten({ source }: RegistryFile, now: Hives): Uint8Array {
  return writeAgainOrUnicode(inOrder(now), source, writtenAt());
}

/** When keys were changed, for forms that keep it: never by the clock, since equal inputs give equal files. */
function writtenAt(): { readonly time?: number } {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? '';
  return /^\d{1,11}$/.test(epoch) ? { time: Number(epoch) } : {};
}

function sameHives(a: Hives, b: Hives): boolean {
  const full = (hives: Hives): HiveRoot[] =>
    hiveRoots.filter((root) => !isEmptyHive(hives.get(root) ?? emptyKey()));
  const roots = full(a);
  if (roots.join() !== full(b).join()) return false;
  return roots.every((root) => equalKeys(a.get(root) ?? emptyKey(), b.get(root) ?? emptyKey()));
}

function inOrder(registry: Registry): Registry {
  return new Map(
    hiveRoots.flatMap((root) => {
      const key = registry.get(root);
      return key === undefined ? [] : [[root, key]];
    }),
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
