/** A target that is a new folder beside the base: what the patch does not touch is copied, the base stays as it is. */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { PatchError } from '../errors.ts';
import { type DirectoryLayer, workFolder } from '../layer/directory-layer.ts';
import { platformHasModes } from '../layer/walk.ts';
import { assemble } from './assemble.ts';
import { buildTree } from './build-tree.ts';
import { draftingTarget } from './drafting-target.ts';
import { createDrafts } from './drafts.ts';
import { flushTree } from './flush-tree.ts';
import { assertNotOlder, historyAfter, historyFile, readHistory } from './history.ts';
import type { TargetOptions } from './in-place-target.ts';
import { assertOwnFolders, pathIn } from './place.ts';
import type { Part } from './plan-files.ts';
import { planSidecars } from './plan-sidecars.ts';
import type { Sidecar } from './sidecars.ts';
import { assertSpace, costOf } from './space.ts';
import type { Release, Target } from './target.ts';
import { createFlusher } from './transaction/flush.ts';
import { isInside } from './transaction/inside.ts';
import { execute } from './transaction/transaction.ts';
import { assertSettled, claim } from './work-folder.ts';
import { writableName } from './writable.ts';

export interface CopyOptions extends TargetOptions {
  /** Whether what users wrote in a layer directory is copied, too. */
  readonly copyWritable?: boolean;
}

/**
 * Builds the new folder in a work folder beside it, and renames it into place at the end. E_CONFLICT where `out` has
 * something in it. The registry files of a plain application directory get new ones beside `out`: `OUT.reg` (with
 * the extension that it had), or `OUT.<name>` for each of several.
 */
export function copyTarget(layer: DirectoryLayer, out: string, options: CopyOptions = {}): Target {
  const { durable = true, allowDowngrade = false, copyWritable = false } = options;
  const isLayer = layer.description !== null;
  const without = isLayer && !copyWritable ? [join(layer.directory, writableName)] : [];
  const destination = resolve(out);
  const work = workOf(destination);
  const tree = join(work, 'tree');
  const flusher = createFlusher(durable);
  return draftingTarget({
    place: destination,
    pathOf: (name) => pathIn(layer, name),
    claim: async () => claim(work, flusher),
    check(release) {
      assertFree(out);
      assertOwnFolders(layer);
      if (!allowDowngrade) assertNotOlder(readHistory(layer.directory), release);
      assertSpace(dirname(destination), costOf(release.changes).extra, release.temporary);
    },
    drafts: () => createDrafts({ work, flusher, keep: null }),
    async commit({ staged, sidecars }, drafts, release, signal, onBrought) {
      const files = allFiles(layer, sidecars(layer, release.identity), release);
      const isOurs = ({ path }: Sidecar): boolean => isInside(path, layer.directory);
      const inside = files.filter(isOurs);
      await buildTree({ layer, tree, staged, inside, without, signal, onBrought });
      const outside = files.filter((one) => !isOurs(one) && one.content);
      const beside = outside.map((one) => ({ ...one, path: besideOf(destination, one.path, layer) }));
      const others = await planSidecars(beside, dirname(destination), drafts, signal);
      const transaction = assemble([treePart(tree, destination, layer, drafts.reserve('backup')), others], {
        root: dirname(destination),
        patch: { ...facts(release), to: release.identity.version },
        keep: null,
      });
      if (durable) await flushTree(tree, flusher);
      await drafts.flush();
      assertSettled(join(layer.directory, workFolder));
      options.assertUnchanged?.();
      await execute(work, transaction, { root: dirname(destination), flusher, signal });
    },
  });
}

/** The work folder of a new folder: beside it, so that the new one comes to its place by a rename. */
export function workOf(destination: string): string {
  return join(dirname(destination), `.${basename(destination)}.vpa-work`);
}

/** Refuses (E_CONFLICT) a new folder that has something in it. */
export function assertFree(out: string): void {
  const stats = lstatSync(out, { throwIfNoEntry: false });
  if (!stats || (stats.isDirectory() && readdirSync(out).length === 0)) return;
  throw new PatchError('E_CONFLICT', `${out}: is there already`, {
    entry: out,
    help: 'name a folder that is not there yet',
  });
}

function facts({ identity, from }: Release): { id: string; name: string; from: string } {
  return { id: identity.id, name: identity.name, from };
}

/** What the patch does not change of the registry belongs to the new folder all the same. */
function allFiles(layer: DirectoryLayer, changed: readonly Sidecar[], release: Release): Sidecar[] {
  const files = [...changed];
  for (const { path, bytes } of layer.description === null ? layer.registryFiles : []) {
    if (!files.some((one) => one.path === path)) files.push({ path, content: bytes });
  }
  const content = historyAfter(readHistory(layer.directory), release, false);
  if (content) files.push({ path: historyFile(layer.directory), content });
  return files;
}

function besideOf(destination: string, path: string, { registryFiles }: DirectoryLayer): string {
  return destination + (registryFiles.length === 1 ? extname(path) || '.reg' : `.${basename(path)}`);
}

/** An empty folder that is there already makes room. */
function treePart(tree: string, destination: string, layer: DirectoryLayer, backup: string): Part {
  const there = lstatSync(destination, { throwIfNoEntry: false }) !== undefined;
  // The folder's, also where it was named by a link.
  const mode = statSync(layer.directory).mode & 0o7777;
  return {
    takes: there ? [{ path: destination, to: backup }] : [],
    puts: [{ path: destination, from: tree }],
    modes: platformHasModes ? [[destination, mode]] : [],
    restore: [],
  };
}
