/** Finds what is in a folder, without following links and without reading contents. */
import { type Dirent, type Stats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join, sep } from 'node:path';
import { PatchError, fromSystem, throwIfCancelled } from '../errors.ts';
import type { Exclude } from './excludes.ts';
import { linkProblem } from './link.ts';
import { type EntryName, compareNames, entryName, nameProblem } from './name.ts';

/** What was found under a name. A file's size and mode are known when it is opened, which saves a call for each. */
export type Found = { readonly name: EntryName; readonly path: string } & (
  | { readonly type: 'file' }
  /** `mode`: permission bits; absent where the platform has none. */
  | { readonly type: 'directory'; readonly mode?: number }
  | { readonly type: 'link'; readonly to: string }
);

/** Something that a patch cannot carry: a name, a link that leads out, a pipe, a broken file. */
export interface Odd {
  readonly path: string;
  /** What it is, or what is wrong with it. */
  readonly reason: string;
}

export interface WalkOptions {
  readonly exclude?: Exclude;
  readonly signal?: AbortSignal;
  /** Names at the top that are passed over: our own working folder. */
  readonly reserved?: ReadonlySet<string>;
  /**
   * Hears of odd things, which are no errors then: for a folder as an accident has left it. One whose name is no entry's is
   * passed over, everything else comes as the link that it is, or as an empty one.
   */
  readonly onOdd?: ((odd: Odd) => void) | undefined;
}

/** Whether an entry stands for something that is neither file nor folder nor link: no link has an empty text. */
export function isOther(meta: { readonly type: string; readonly to?: string }): boolean {
  return meta.type === 'link' && meta.to === '';
}

/** Whether permission bits mean anything on this platform. */
export const platformHasModes = process.platform !== 'win32';

/**
 * Everything below a folder, in byte order of names; `prefix` is the folder's own name (`AppRoot`). E_NAME for a name
 * or link that cannot be in a patch, E_INPUT for what cannot be read and for devices, sockets and pipes.
 */
export function walk(folder: string, prefix: string, options: WalkOptions = {}): Found[] {
  const found: Found[] = [];
  const pending: [path: string, name: string][] = [[folder, prefix]];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [path, parent] = next;
    throwIfCancelled(options.signal);
    // `join` once for a folder, not once for each file in it.
    const inside = join(path, sep);
    for (const item of list(path)) {
      if (path === folder && options.reserved?.has(item.name) === true) continue;
      const name = `${parent}/${item.name}`;
      if (options.exclude?.(name) === true) continue;
      const place = inside + item.name;
      const problem = options.onOdd ? nameProblem(name) : null;
      if (problem !== null) {
        options.onOdd?.({ path: place, reason: `its name cannot be in a patch: ${problem}` });
        continue;
      }
      const one: Found | null = item.isFile()
        ? { name: entryName(name), path: place, type: 'file' }
        : find(place, name, options.onOdd);
      if (one === null) continue;
      found.push(one);
      if (one.type === 'directory') pending.push([one.path, name]);
    }
  }
  return found.sort((a, b) => compareNames(a.name, b.name));
}

function list(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
}

/** What is at a path, or null where nothing is. */
export function find(path: string, name: string, onOdd?: (odd: Odd) => void): Found | null {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) return null;
    const found = { name: entryName(name), path };
    if (stats.isFile()) return { ...found, type: 'file' };
    if (stats.isSymbolicLink()) return { ...found, type: 'link', to: readLink(path, name, onOdd) };
    if (stats.isDirectory()) return { ...found, type: 'directory', ...modeOf(stats) };
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  if (onOdd) {
    onOdd({ path, reason: `is ${oddity(stats)}` });
    return { name: entryName(name), path, type: 'link', to: '' };
  }
  throw new PatchError('E_INPUT', `${path}: is ${oddity(stats)}, which a patch cannot carry`, {
    entry: name,
    help: 'exclude it (--exclude)',
  });
}

/** The permission bits of an entry, where the platform has any. */
export function modeOf(stats: Stats): { mode?: number } {
  return platformHasModes ? { mode: stats.mode & 0o7777 } : {};
}

function readLink(path: string, name: string, onOdd?: (odd: Odd) => void): string {
  const to = readlinkSync(path);
  const problem = linkProblem(name, to);
  if (problem !== null && onOdd) onOdd({ path, reason: `is a link to ${JSON.stringify(to)}: ${problem}` });
  if (problem === null || onOdd) return to;
  throw new PatchError('E_NAME', `${path}: is a link to ${JSON.stringify(to)}: ${problem}`, {
    entry: name,
    help: 'exclude it (--exclude)',
  });
}

function oddity(stats: Stats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a pipe';
  return 'a device';
}
