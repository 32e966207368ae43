/** Which programs have files open that a transaction is about to take away. Linux tells; elsewhere the renames fail (E_BUSY). */
import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchError, throwIfCancelled } from '../errors.ts';

export interface Use {
  readonly path: string;
  readonly process: number;
  readonly program: string;
}

/** In milliseconds; two and a half seconds together. */
const waits = [100, 200, 400, 800, 1000];

/** Waits a little for the programs to close the files; then E_BUSY, with each file and its program. `look`: `usesIn` for folders. */
export async function awaitUnused(
  paths: readonly string[],
  signal: AbortSignal,
  look: (paths: readonly string[]) => Use[] = usesOf,
): Promise<void> {
  for (const wait of [...waits, null]) {
    throwIfCancelled(signal);
    const found = look(paths);
    const [first] = found;
    if (first === undefined) return;
    if (wait === null) {
      const lines = found.map(({ path, process: id, program }) => `${path}: ${program} (process ${id})`);
      throw new PatchError(
        'E_BUSY',
        `${first.path}: is in use by ${first.program} (process ${first.process})`,
        {
          entry: first.path,
          help: 'close the program and run it again, or replace its files all the same (--allow-in-use)',
          details: lines.length > 1 ? lines : [],
        },
      );
    }
    await sleep(wait);
  }
}

/** Files among the paths that other processes have open, or run from; as far as we may look. */
export function usesOf(paths: readonly string[]): Use[] {
  const folders = new Map<string, string>();
  const wanted = new Map(paths.map((path) => [realPath(path, folders), path]));
  return paths.length === 0 ? [] : uses((path) => wanted.get(path), openOf);
}

/** Whatever other processes have open in the folders, run from there, or work in; as far as we may look. */
export function usesIn(folders: readonly string[]): Use[] {
  const known = new Map<string, string>();
  const real = folders.map((folder) => realPath(folder, known));
  const given = (path: string): string | undefined => {
    const at = real.findIndex((folder) => path === folder || path.startsWith(folder + sep));
    return at < 0 ? undefined : join(folders[at] ?? '', path.slice(real[at]?.length));
  };
  return folders.length === 0 ? [] : uses(given, (name) => [...openOf(name), ...placesOf(name)]);
}

/** What other processes have open of what `given` has a path for. */
function uses(given: (path: string) => string | undefined, openBy: (process_: string) => string[]): Use[] {
  if (process.platform !== 'linux') return [];
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) =>
      [...new Set(openBy(name))].flatMap((open): Use[] => {
        const path = given(open);
        return path === undefined ? [] : [{ path, process: Number(name), program: programOf(name) }];
      }),
    );
}

function openOf(process_: string): string[] {
  return [...descriptorsOf(process_), ...mappingsOf(process_)];
}

/** Where it works, and what it takes for the top. */
function placesOf(process_: string): string[] {
  return ['cwd', 'root'].flatMap((name) => linkTo(join('/proc', process_, name)));
}

/** The kernel tells real paths; the last component may be a link itself, which nobody has open. */
function realPath(path: string, known: Map<string, string>): string {
  const folder = dirname(path);
  let real = known.get(folder);
  if (real === undefined) {
    try {
      real = realpathSync.native(folder);
    } catch {
      real = folder;
    }
    known.set(folder, real);
  }
  return join(real, basename(path));
}

function descriptorsOf(process_: string): string[] {
  const folder = `/proc/${process_}/fd`;
  return namesIn(folder).flatMap((name) => linkTo(join(folder, name)));
}

function linkTo(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}

/** Programs and libraries: the sixth column, where there is one, is a path. */
function mappingsOf(process_: string): string[] {
  try {
    const lines = readFileSync(`/proc/${process_}/maps`, 'utf8').split('\n');
    return lines.flatMap((line) => /^(?:\S+\s+){5}(\/.*)$/.exec(line)?.[1] ?? []);
  } catch {
    return [];
  }
}

function programOf(process_: string): string {
  try {
    return readFileSync(`/proc/${process_}/comm`, 'utf8').trim();
  } catch {
    return 'a program';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
