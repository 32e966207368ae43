/** Builds a new copy of a layer with the changes in it. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { throwIfCancelled } from '../errors.ts';
import type { DirectoryLayer } from '../layer/directory-layer.ts';
import { platformHasModes } from '../layer/walk.ts';
import { type Placing, copyTree, copying } from './copy-tree.ts';
import { pathIn } from './place.ts';
import type { Sidecar } from './sidecars.ts';
import type { Staged } from './staged.ts';
import type { OnBrought } from './target.ts';
import { modeAt } from './transaction/access.ts';
import { fullFolder } from './transaction/phases.ts';

export interface BuildOptions {
  /** Only read. */
  readonly layer: DirectoryLayer;
  /** The folder that is made. */
  readonly tree: string;
  readonly staged: readonly Staged[];
  /** Paths in the layer that are not brought along. */
  readonly without?: readonly string[];
  /** Files that are no entries, by their paths in the layer. */
  readonly inside: readonly Sidecar[];
  readonly signal: AbortSignal;
  /** How files of the layer come to the new folder; copied if left out. */
  readonly placing?: Placing;
  /** Hears of paths of the layer as they are brought. */
  readonly onBrought?: OnBrought | undefined;
}

/** The drafts of the changes are used up. The folder itself is left open to us. */
export async function buildTree(options: BuildOptions): Promise<void> {
  const { layer, tree, staged, inside, without = [], signal, placing = copying, onBrought } = options;
  const wanted = untouched(layer, staged, [...inside.map(({ path }) => path), ...without]);
  const brought = (path: string): boolean => {
    const isWanted = wanted(path);
    if (isWanted) onBrought?.(path);
    return isWanted;
  };
  const closeFolders = await copyTree(layer.directory, tree, brought, signal, placing);
  const copy = { ...layer, directory: tree };
  const gone = clear(copy, layer, staged);
  const modes = await build(copy, layer, staged, async (from, to, mode) => {
    const stats = lstatSync(from);
    const isSame = !platformHasModes || mode === undefined || mode === (stats.mode & 0o7777);
    await (isSame ? placing.same : placing.own)(from, to, stats, signal);
    return !isSame;
  });
  for (const { path, content } of inside) {
    const newPath = join(tree, path.slice(layer.directory.length));
    if (!content) continue;
    mkdirSync(dirname(newPath), { recursive: true });
    writeFileSync(newPath, content, { flag: 'wx' });
    if (platformHasModes) chmodSync(newPath, modeAt(path) ?? 0o644);
  }
  // Last, since a read-only folder cannot be changed.
  closeFolders(new Set([...gone, tree]));
  for (const [path, mode] of platformHasModes ? modes : []) chmodSync(path, mode);
  throwIfCancelled(signal);
}

/** Paths of the base that are not copied as they are, because the patch replaces, moves or removes them, or changes their modes. */
function untouched(
  layer: DirectoryLayer,
  staged: readonly Staged[],
  others: readonly string[],
): (path: string) => boolean {
  const touched = new Set(others);
  for (const { change } of staged) {
    const { before } = change;
    // A folder is copied even so: it may have things in it that are not the application's.
    if (before && before.type !== 'directory') touched.add(pathIn(layer, change.name));
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

/** Brings a file of the base to the copy, whose mode is to be that one; tells whether it has to be set. */
type Bring = (from: string, to: string, mode: number | undefined) => Promise<boolean>;

/** Brings the changes into the copy, and gives the modes to be set at the end; `base` is only read, for what moves. */
async function build(
  copy: DirectoryLayer,
  base: DirectoryLayer,
  staged: readonly Staged[],
  bring: Bring,
): Promise<[path: string, mode: number][]> {
  const modes: [path: string, mode: number][] = [];
  for (const { change, draft } of staged) {
    const { after } = change;
    if (!after) continue;
    const path = pathIn(copy, change.name);
    if (after.type === 'directory') mkdirSync(path, { recursive: true });
    else mkdirSync(dirname(path), { recursive: true });
    if (draft !== null) renameSync(draft, path);
    // A draft has its mode already.
    if (draft !== null) continue;
    const mode = 'mode' in after ? after.mode : undefined;
    const from = pathIn(base, change.kind === 'move' ? change.from : change.name);
    const isSet = after.type === 'directory' || (await bring(from, path, mode));
    if (isSet && 'mode' in after) modes.push([path, mode ?? lstatSync(path).mode & 0o7777]);
  }
  return modes.reverse();
}
