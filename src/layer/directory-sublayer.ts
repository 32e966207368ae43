/** A read-only sublayer whose files are in folders on disk. */
import { join } from 'node:path';
import type { Digest } from '../bytes.ts';
import { throwIfCancelled } from '../errors.ts';
import { fileBytes } from './file-bytes.ts';
import type { Entry, ReadOptions, Sublayer } from './layer.ts';
import { type EntryName, compareNames } from './name.ts';
import { type FileFacts, type FileReader, digestLength, readHere } from './read-files.ts';
import { readingOn } from './reading-on.ts';
import { seenThisTurn } from './turns.ts';
import { type Found, type Odd, find, walk } from './walk.ts';

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
  /** As for `walk`; files that cannot be read are no errors then, and have no known content. */
  readonly onOdd?: ((odd: Odd) => void) | undefined;
}

/** What can be asked of a sublayer in folders in addition; others take no notice of it. */
export interface DirectoryReadOptions extends ReadOptions {
  /** Reads the files where there are many; its start costs more than it gains where there are few. */
  readonly readFiles?: FileReader;
}

const many = 2000;
/** How many files are read before their entries are given; another thread is not to wait for us often. */
const batchSize = { here: 64, elsewhere: 4096 };

export function directorySublayer({ roots, others, reserved, onOdd }: DirectorySublayerOptions): Sublayer {
  const folders = seenThisTurn();
  const readable = (reader: FileReader): FileReader => (onOdd ? readingOn(reader, onOdd) : reader);
  return {
    async *entries(options: DirectoryReadOptions = {}) {
      const { exclude, signal, onEntry } = options;
      const limits = {
        ...(exclude && { exclude }),
        ...(signal && { signal }),
        ...(reserved && { reserved }),
        onOdd,
      };
      const found = roots().flatMap(({ path, variable }) => walk(path, variable, limits));
      const rest = others.filter((one) => exclude?.(one.name) !== true);
      const all = [...found, ...rest].sort((a, b) => compareNames(a.name, b.name));
      const elsewhere = all.length < many ? undefined : options.readFiles;
      const batches = inBatches(all, elsewhere ? batchSize.elsewhere : batchSize.here);
      let next = 0;
      for await (const facts of readable(elsewhere ?? readHere)(batches.map(filesIn), signal)) {
        let file = 0;
        for (const one of batches[next++] ?? []) {
          throwIfCancelled(signal);
          const entry =
            'meta' in one ? one : one.type === 'file' ? fileEntry(one, facts, file++) : plainEntry(one);
          onEntry?.(entry.name, 'size' in entry.meta ? entry.meta.size : 0);
          yield entry;
        }
      }
    },
    async entry(name, signal) {
      const other = others.find((one) => one.name === name);
      if (other) return other;
      const found = locate(roots(), name, folders, onOdd);
      if (found?.type !== 'file') return found && plainEntry(found);
      for await (const facts of readable(readHere)([[found.path]], signal)) return fileEntry(found, facts, 0);
      return null;
    },
  };
}

/** Looks a name up without passing through a link on the way. */
function locate(
  roots: readonly Root[],
  name: EntryName,
  folders: ReturnType<typeof seenThisTurn>,
  onOdd?: (odd: Odd) => void,
): Found | null {
  const [variable, ...components] = name.split('/');
  const root = roots.find((one) => one.variable === variable);
  if (!root) return null;
  let path = root.path;
  let at = root.variable;
  const last = components.pop();
  if (last === undefined) return null;
  for (const component of components) {
    path = join(path, component);
    at = `${at}/${component}`;
    if (folders.has(path)) continue;
    if (find(path, at, onOdd)?.type !== 'directory') return null;
    folders.add(path);
  }
  return find(join(path, last), name, onOdd);
}

function inBatches<Item>(all: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** The paths of the files in a batch. */
function filesIn(batch: readonly (Found | Entry)[]): string[] {
  return batch.flatMap((one) => ('type' in one && one.type === 'file' ? [one.path] : []));
}

function plainEntry(found: Exclude<Found, { readonly type: 'file' }>): Entry {
  const { name } = found;
  if (found.type === 'link') return { name, meta: { type: 'link', to: found.to }, bytes: null };
  const mode = found.mode === undefined ? {} : { mode: found.mode };
  return { name, meta: { type: 'directory', ...mode }, bytes: null };
}

function fileEntry({ name, path }: Found, { sizes, modes, digests }: FileFacts, at: number): Entry {
  const [size = 0, known = -1] = [sizes[at], modes[at]];
  const digest = digests.slice(at * digestLength, (at + 1) * digestLength) as Digest;
  const mode = known < 0 ? {} : { mode: known };
  return { name, meta: { type: 'file', size, digest, ...mode }, bytes: fileBytes(path, size) };
}
