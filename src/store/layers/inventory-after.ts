/** What a generation has in it after a patch, without reading what the patch does not touch. */
import type { Digest } from '../../bytes.ts';
import { type DirectoryLayer, openDirectory } from '../../layer/directory-layer.ts';
import { isHive } from '../../layer/hive-entry.ts';
import { hiveRoots } from '../../registry/hive.ts';
import { hiveName } from '../../layer/hive-names.ts';
import type { Meta } from '../../layer/layer.ts';
import type { EntryName } from '../../layer/name.ts';
import { digestLength, readHere } from '../../layer/read-files.ts';
import type { Change } from '../../patch/change.ts';
import { pathIn } from '../place.ts';
import { statsAt } from '../stats.ts';
import type { Release } from '../target.ts';
import type { Inventory } from './inventory.ts';

/** `tree`: the new generation, built; it is asked for what the changes do not tell (folders that had to stay, hives, digests cut short). */
export async function inventoryAfter(
  before: Inventory,
  { changes, digestOf }: Release,
  tree: string,
  signal: AbortSignal,
): Promise<Map<EntryName, Meta>> {
  const after = new Map<EntryName, Meta>(before);
  const layer = openDirectory(tree);
  const files = changes.filter(({ name }) => !isHive({ name }));
  for (const { kind, name, ...change } of files) {
    if (kind === 'move' && 'from' in change) after.delete(change.from);
    if (change.after === null && !hasToStay(layer, name, change.before)) after.delete(name);
  }
  for (const change of files) {
    if (change.after)
      after.set(change.name, await whole(change, change.after, before, layer, signal, digestOf));
  }
  if (files.length < changes.length) await takeHives(after, layer);
  return after;
}

/** A folder stays where it has something in it that the patch does not know of. */
function hasToStay(layer: DirectoryLayer, name: EntryName, before: Meta | null): boolean {
  return before?.type === 'directory' && statsAt(pathIn(layer, name))?.isDirectory() === true;
}

/** With the digest whole, and without what an inventory does not have. */
async function whole(
  change: Change,
  meta: Meta,
  before: Inventory,
  layer: DirectoryLayer,
  signal: AbortSignal,
  digestOf: Release['digestOf'],
): Promise<Meta> {
  if (meta.type === 'directory') return { type: 'directory' };
  if (meta.type !== 'file') return meta;
  const old = change.kind === 'move' ? before.get(change.from) : undefined;
  const digest =
    (old?.type === 'file' ? old.digest : digestOf?.(change.name)) ??
    (await digestAt(pathIn(layer, change.name), signal));
  return { type: 'file', size: meta.size, digest };
}

async function digestAt(path: string, signal: AbortSignal): Promise<Digest> {
  for await (const { digests } of readHere([[path]], signal)) return digests.slice(0, digestLength) as Digest;
  throw new Error(`${path}: was not read`);
}

async function takeHives(after: Map<EntryName, Meta>, layer: DirectoryLayer): Promise<void> {
  for (const root of hiveRoots) {
    const entry = await layer.readOnly.entry(hiveName(root));
    if (entry) after.set(entry.name, entry.meta);
    else after.delete(hiveName(root));
  }
}
