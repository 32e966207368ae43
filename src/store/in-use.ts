/** Which programs have files open that a transaction is about to take away. Linux tells; elsewhere the renames fail (E_BUSY). */
import { readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PatchError, throwIfCancelled } from '../errors.ts';

export interface Use {
  readonly path: string;
  readonly process: number;
  readonly program: string;
}

/** In milliseconds; two and a half seconds together. */
const waits = [100, 200, 400, 800, 1000];

/** Waits a little for the programs to close the files; then E_BUSY, with each file and its program. */
export async function awaitUnused(paths: readonly string[], signal: AbortSignal): Promise<void> {
  for (const wait of [...waits, null]) {
    throwIfCancelled(signal);
    const uses = usesOf(paths);
    const [first] = uses;
    if (first === undefined) return;
    if (wait === null) {
      const lines = uses.map(({ path, process: id, program }) => `${path}: ${program} (process ${id})`);
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
  if (process.platform !== 'linux' || paths.length === 0) return [];
  const folders = new Map<string, string>();
  const wanted = new Map(paths.map((path) => [realPath(path, folders), path]));
  return namesIn('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const open = new Set([...descriptorsOf(name), ...mappingsOf(name)]);
      return [...open].flatMap((path): Use[] => {
        const given = wanted.get(path);
        return given === undefined ? [] : [{ path: given, process: Number(name), program: programOf(name) }];
      });
    });
}

/** The kernel tells real paths; the last component may be a link itself, which nobody has open. */
function realPath(path: string, known: Map<string, string>): string {
  const folder = dirname(path);
  let real = known.get(folder);
  if (real === undefined) {
    try {
      real = realpathSync(folder);
    } catch {
      real = folder;
    }
    known.set(folder, real);
  }
  return join(real, basename(path));
}

function descriptorsOf(process_: string): string[] {
  const folder = `/proc/${process_}/fd`;
  return namesIn(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return [];
    }
  });
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
