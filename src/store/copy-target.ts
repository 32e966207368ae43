/** A target that is a new folder beside the base: what the patch does not touch is copied, the base stays as it is. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { PatchError, fromSystem, throwIfCancelled } from '../errors.ts';
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import { platformHasModes } from '../layer/walk.ts';
import { copyFile, copyTree } from './copy-tree.ts';
import { draftingTarget } from './drafting-target.ts';
import { pathIn } from './in-place-target.ts';
import { fullFolder } from './journal.ts';
import { type Staged, keepsMode } from './staged.ts';
import type { Target } from './target.ts';

/**
 * Builds the new folder in a work folder beside it, and renames it into place at the end. E_CONFLICT where `out` has
 * something in it. The registry files of a plain application directory get new ones beside `out`: `OUT.reg` (with
 * the extension that it had), or `OUT.<name>` for each of several.
 */
export function copyTarget(layer: DirectoryLayer, out: string): Target {
  const destination = resolve(out);
  const work = join(dirname(destination), `.${basename(destination)}.vpa-work`);
  const tree = join(work, 'tree');
  return draftingTarget({
    work,
    check: () => assertFree(out),
    async commit({ staged, sidecars }, drafts, signal) {
      try {
        const files = [...sidecars(layer)];
        // What the patch does not change of the registry belongs to the new folder all the same.
        for (const { path, bytes } of layer.description === null ? layer.registryFiles : []) {
          if (!files.some((one) => one.path === path)) files.push({ path, content: bytes });
        }
        const paths = files.map(({ path }) => path);
        const closeFolders = await copyTree(layer.directory, tree, untouched(layer, staged, paths), signal);
        const copy = { ...layer, directory: tree };
        const gone = clear(copy, layer, staged);
        const modes = build(copy, layer, staged);
        const beside: [draft: string, path: string][] = [];
        for (const { path, content } of files) {
          const inside = path.startsWith(join(layer.directory, '/'));
          const newPath = inside
            ? join(tree, path.slice(layer.directory.length))
            : besideOf(destination, path, layer);
          if (inside) mkdirSync(dirname(newPath), { recursive: true });
          if (!content) continue;
          const place = inside ? newPath : drafts.beside(newPath, 'draft');
          const draft = await drafts.file([content], undefined, signal, place);
          if (!inside) beside.push([draft, newPath]);
        }
        // Last, since a read-only folder cannot be renamed.
        closeFolders(new Set([...gone, tree]));
        for (const [path, mode] of platformHasModes ? modes : []) chmodSync(path, mode);
        throwIfCancelled(signal);
        for (const [draft, path] of beside) renameSync(draft, path);
        if (existsSync(destination)) rmdirSync(destination);
        renameSync(tree, destination);
        if (platformHasModes) chmodSync(destination, lstatSync(layer.directory).mode & 0o7777);
      } catch (error) {
        throw fromSystem(error, 'write', destination);
      }
    },
  });
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

function besideOf(destination: string, path: string, { registryFiles }: DirectoryLayer): string {
  return destination + (registryFiles.length === 1 ? extname(path) || '.reg' : `.${basename(path)}`);
}

/** Paths of the base that are not copied, because the patch replaces, moves or removes them. */
function untouched(
  layer: DirectoryLayer,
  staged: readonly Staged[],
  sidecars: readonly string[],
): (path: string) => boolean {
  const touched = new Set(sidecars);
  for (const { change, draft } of staged) {
    const { before, after } = change;
    const replaced = after === null || draft !== null || before?.type !== after.type;
    // A folder is copied even so: it may have things in it that are not the application's.
    if (before && before.type !== 'directory' && replaced) touched.add(pathIn(layer, change.name));
    if (change.kind === 'move') touched.add(pathIn(layer, change.from));
  }
  return (path) => !touched.has(path);
}

/** Removes the folders from the copy that have to go, where they are empty by now, and gives their paths. */
function clear(copy: DirectoryLayer, base: DirectoryLayer, staged: readonly Staged[]): Set<string> {
  const gone = new Set<string>();
  for (const { change } of staged.toReversed()) {
    const { after, before, name } = change;
    if (before?.type !== 'directory' || after?.type === 'directory') continue;
    const path = pathIn(copy, name);
    // A removed folder stays where it has files in it that are not the application's.
    if (readdirSync(path).length > 0) {
      if (after) throw fullFolder(pathIn(base, name));
      continue;
    }
    rmdirSync(path);
    gone.add(path);
  }
  return gone;
}

/** Brings the changes into the copy, and gives the modes to be set at the end; `base` is only read, for what moves. */
function build(
  copy: DirectoryLayer,
  base: DirectoryLayer,
  staged: readonly Staged[],
): [path: string, mode: number][] {
  const modes: [path: string, mode: number][] = [];
  for (const { change, draft } of staged) {
    const { after } = change;
    if (!after) continue;
    const path = pathIn(copy, change.name);
    if (after.type === 'directory') mkdirSync(path, { recursive: true });
    else mkdirSync(dirname(path), { recursive: true });
    if (draft !== null) renameSync(draft, path);
    if (change.kind === 'move') copyFile(pathIn(base, change.from), path);
    if ('mode' in after) modes.push([path, after.mode]);
    else if (keepsMode(change)) modes.push([path, lstatSync(pathIn(base, change.name)).mode & 0o7777]);
  }
  return modes.reverse();
}
