/** A read-only sublayer whose files are in folders on disk. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, chunkSize, createHasher } from '../bytes.ts';
import { fromSystem, throwIfCancelled } from '../errors.ts';
import { fileBytes } from './file-bytes.ts';
import type { Entry, ReadOptions, Sublayer } from './layer.ts';
import { type EntryName, compareNames } from './name.ts';
import { type Found, find, modeOf, platformHasModes, walk } from './walk.ts';

/** A folder on disk and the variable that it is the place of. */
export interface Root {
  readonly variable: string;
  readonly path: string;
}

export interface DirectorySublayerOptions {
  readonly roots: () => readonly Root[];
  /** Entries that are not files: hives and delete entries. */
  readonly others: readonly Entry[];
  readonly reserved?: ReadonlySet<string>;
}

/** After so many milliseconds of synchronous reading other work gets its turn. */
const turn = 10;

export function directorySublayer({ roots, others, reserved }: DirectorySublayerOptions): Sublayer {
  return {
    async *entries(options: ReadOptions = {}) {
      const { exclude, signal, onEntry } = options;
      const limits = {
        ...(exclude && { exclude }),
        ...(signal && { signal }),
        ...(reserved && { reserved }),
      };
      const found = roots().flatMap(({ path, variable }) => walk(path, variable, limits));
      const rest = others.filter((one) => exclude?.(one.name) !== true);
      const all = [...found, ...rest].sort((a, b) => compareNames(a.name, b.name));
      let started = performance.now();
      for (const one of all) {
        throwIfCancelled(signal);
        const entry = 'meta' in one ? one : await entryOf(one, signal);
        onEntry?.(entry.name, 'size' in entry.meta ? entry.meta.size : 0);
        yield entry;
        if (performance.now() - started < turn) continue;
        await new Promise(setImmediate);
        started = performance.now();
      }
    },
    async entry(name) {
      const other = others.find((one) => one.name === name);
      if (other) return other;
      const found = locate(roots(), name);
      return found && entryOf(found);
    },
  };
}

/** Looks a name up without passing through a link on the way. */
function locate(roots: readonly Root[], name: EntryName): Found | null {
  const [variable, ...components] = name.split('/');
  const root = roots.find((one) => one.variable === variable);
  if (!root) return null;
  let path = root.path;
  let at = root.variable;
  let found: Found | null = null;
  for (const component of components) {
    if (found && found.type !== 'directory') return null;
    path = join(path, component);
    at = `${at}/${component}`;
    found = find(path, at);
    if (!found) return null;
  }
  return found;
}

async function entryOf(found: Found, signal?: AbortSignal): Promise<Entry> {
  const { name, path } = found;
  if (found.type === 'link') return { name, meta: { type: 'link', to: found.to }, bytes: null };
  if (found.type === 'directory') {
    const mode = found.mode === undefined ? {} : { mode: found.mode };
    return { name, meta: { type: 'directory', ...mode }, bytes: null };
  }
  const { size, digest, mode } = await readFile(path, signal);
  return { name, meta: { type: 'file', size, digest, ...mode }, bytes: fileBytes(path, size) };
}

/** Opens a file once for everything that an entry says of it. */
async function readFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ size: number; digest: Digest; mode: { mode?: number } }> {
  try {
    // A link that took the file's place since the folder was listed is not followed.
    const file = openSync(path, constants.O_RDONLY | (platformHasModes ? constants.O_NOFOLLOW : 0));
    try {
      const stats = fstatSync(file);
      const hasher = createHasher();
      const chunk = Buffer.allocUnsafe(Math.min(stats.size, chunkSize));
      let size = 0;
      while (size < stats.size) {
        const got = readSync(file, chunk, 0, chunk.length, size);
        if (got === 0) break;
        hasher.update(chunk.subarray(0, got));
        size += got;
        if (size === stats.size) break;
        throwIfCancelled(signal);
        await new Promise(setImmediate);
      }
      return { size, digest: hasher.digest(), mode: modeOf(stats) };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
}
