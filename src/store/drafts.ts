/** New contents, written beside the target before anything in it changes. */
import { closeSync, fchmodSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromSystem, throwIfCancelled } from '../errors.ts';
import { platformHasModes } from '../layer/walk.ts';
import { besideNames } from './transaction/beside.ts';
import type { Flusher } from './transaction/flush.ts';
import { noteBeside } from './work-folder.ts';

export interface Drafts {
  /** A path that nothing has yet. */
  reserve(kind: 'draft' | 'backup'): string;
  /** The same, beside a file that is outside of the target and may be on another file system. */
  beside(path: string, kind: 'draft' | 'backup'): string;
  /** Says which files are going to have something beside them; before the first draft is made. */
  announce(paths: readonly string[]): Promise<void>;
  /** Writes a file and gives its path: a reserved one if none is given. Mode 0644 likewise. E_SPACE, E_RIGHTS. */
  file(
    contents: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    mode: number | undefined,
    signal: AbortSignal,
    path?: string,
  ): Promise<string>;
  /** Makes a symbolic link and gives its path. */
  link(to: string): string;
  /** Waits until all of it is on the disk, the names included. E_SPACE. */
  flush(): Promise<void>;
}

export interface DraftsOptions {
  readonly work: string;
  readonly flusher: Flusher;
  /** Where the backups of what is inside go, if they are to be kept, and the number of that folder. */
  readonly keep: { readonly folder: string; readonly number: number } | null;
}

export function createDrafts({ work, flusher, keep }: DraftsOptions): Drafts {
  let count = 0;
  const folders = { draft: join(work, 'draft'), backup: join(keep?.folder ?? work, 'backup') };
  try {
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromSystem(error, 'write', work);
  }
  const reserve = (kind: 'draft' | 'backup'): string => join(folders[kind], String(count++));
  const outside: string[] = [];
  return {
    reserve,
    beside(path, kind) {
      const names = besideNames(path, dirname(work));
      const other = kind === 'draft' ? names.draft : keep ? names.undo(keep.number) : names.backup;
      // Only runs on this target give such names; nobody needs what one of long ago has left, whose record was dealt with before.
      rmSync(other, { force: true });
      return other;
    },
    async announce(paths) {
      if (paths.length === 0) return;
      outside.push(...paths);
      try {
        await noteBeside(work, paths, flusher);
      } catch (error) {
        throw fromSystem(error, 'write', work);
      }
    },
    async file(contents, mode = 0o644, signal, path = reserve('draft')) {
      try {
        const file = openSync(path, 'wx', 0o600);
        let whole = false;
        try {
          for await (const piece of contents) {
            throwIfCancelled(signal);
            for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
          }
          if (platformHasModes) fchmodSync(file, mode);
          whole = true;
        } finally {
          if (!whole) closeSync(file);
        }
        await flusher.file(file);
      } catch (error) {
        throw fromSystem(error, 'write', path);
      }
      return path;
    },
    link(to) {
      const path = reserve('draft');
      try {
        symlinkSync(to, path);
      } catch (error) {
        throw fromSystem(error, 'write', path);
      }
      return path;
    },
    async flush() {
      const parents = keep ? [keep.folder, dirname(keep.folder)] : [];
      const names = [
        ...Object.values(folders),
        ...parents,
        work,
        dirname(work),
        ...outside.map((path) => dirname(path)),
      ];
      try {
        await flusher.settled();
        await flusher.paths(new Set(names));
      } catch (error) {
        throw fromSystem(error, 'write', work);
      }
    },
  };
}
