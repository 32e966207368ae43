/** New contents, written beside the target before anything in it changes. */
import { closeSync, fchmodSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fromSystem, throwIfCancelled } from '../errors.ts';
import { platformHasModes } from '../layer/walk.ts';
import { removeTree } from './remove-tree.ts';

export interface Drafts {
  /** A path in the work folder that nothing has yet. */
  reserve(kind: 'draft' | 'backup'): string;
  /** The same, beside a file that may be on another file system. */
  beside(path: string, kind: 'draft' | 'backup'): string;
  /** Writes a file and gives its path: a reserved one if none is given. Mode 0644 likewise. E_SPACE, E_RIGHTS. */
  file(
    contents: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    mode: number | undefined,
    signal: AbortSignal,
    path?: string,
  ): Promise<string>;
  /** Makes a symbolic link and gives its path. */
  link(to: string): string;
  /** Removes the work folder and everything that is beside other files. */
  release(): void;
}

export function createDrafts(work: string): Drafts {
  let count = 0;
  try {
    for (const folder of [work, join(work, 'draft'), join(work, 'backup')])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    removeTree(work);
    throw fromSystem(error, 'write', work);
  }
  const reserve = (kind: 'draft' | 'backup'): string => join(work, kind, String(count++));
  const outside: string[] = [];
  return {
    reserve,
    beside(path, kind) {
      const other = `${path}.vpa-${kind}`;
      // What an interrupted run left there is a draft of it; its journal was dealt with before.
      rmSync(other, { force: true });
      outside.push(other);
      return other;
    },
    async file(contents, mode = 0o644, signal, path = reserve('draft')) {
      try {
        const file = openSync(path, 'wx', 0o600);
        try {
          for await (const piece of contents) {
            throwIfCancelled(signal);
            for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
          }
          if (platformHasModes) fchmodSync(file, mode);
        } finally {
          closeSync(file);
        }
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
    release() {
      try {
        for (const path of outside) rmSync(path, { force: true });
        removeTree(work);
      } catch (error) {
        throw fromSystem(error, 'write', work);
      }
    },
  };
}
