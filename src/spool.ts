/** Bytes on their way whose number is not known yet: in memory while they are few, in a temporary file when not. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bytes, assertRange } from './bytes.ts';
import { PatchError, fromSystem } from './errors.ts';

export interface Spool extends Bytes {
  append(data: Uint8Array): void;
  /** Gives memory and disk back; afterwards reading fails. May be called twice. */
  close(): void;
}

/** What stays in memory, in bytes. */
const memorySize = 8 << 20;

/**
 * Makes an empty spool. The temporary file is removed from its folder while it is still open where the system can do
 * that, so that not even a killed process leaves it behind. E_SPACE when the disk is full; other errors of the system get their codes, too.
 */
export function createSpool(memory = memorySize): Spool {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let file: TemporaryFile | null = null;
  const spool: Spool = {
    get size() {
      return size;
    },
    append(data) {
      if (!file && size + data.length > memory) {
        file = createTemporaryFile();
        forgotten.register(spool, file, spool);
        file.write(Buffer.concat(pieces), 0);
        pieces = [];
      }
      if (file) file.write(data, size);
      else pieces.push(data);
      size += data.length;
    },
    read: async (offset, length) => {
      assertRange(offset, length, size);
      if (file) return file.read(offset, length);
      if (pieces.length !== 1) pieces = [Buffer.concat(pieces)];
      return (pieces[0] ?? new Uint8Array()).subarray(offset, offset + length);
    },
    close() {
      forgotten.unregister(spool);
      file?.close();
      pieces = [];
      size = 0;
    },
  };
  return spool;
}

/** Who reads a spool last is not always known; one that nobody can reach any more is closed too. */
const forgotten = new FinalizationRegistry<TemporaryFile>((file) => file.close());

interface TemporaryFile {
  write(data: Uint8Array, offset: number): void;
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

function createTemporaryFile(): TemporaryFile {
  const { folder, path, descriptor } = openTemporary();
  let file: number | null = descriptor;
  let isRemoved = false;
  try {
    rmSync(folder, { recursive: true });
    isRemoved = true;
  } catch {
    // Windows keeps the name of an open file; then `close` removes it.
  }
  const opened = (): number => {
    if (file !== null) return file;
    throw new PatchError('E_STAGE', 'a temporary file was read after it had been given back');
  };
  return {
    write(data, offset) {
      try {
        for (let done = 0; done < data.length;) {
          done += writeSync(opened(), data, done, data.length - done, offset + done);
        }
      } catch (error) {
        throw fromSystem(error, 'write', tmpdir());
      }
    },
    read(offset, length) {
      const data = new Uint8Array(length);
      try {
        for (let done = 0; done < length;) {
          const got = readSync(opened(), data, done, length - done, offset + done);
          if (got === 0) throw new PatchError('E_INPUT', `${path}: became shorter while it was used`);
          done += got;
        }
      } catch (error) {
        throw fromSystem(error, 'read', path);
      }
      return data;
    },
    close() {
      const open = file;
      file = null;
      try {
        if (open !== null) closeSync(open);
        if (!isRemoved) rmSync(folder, { recursive: true, force: true });
        isRemoved = true;
      } catch {
        // Nobody needs it any more, and nobody could be told: it may be collected while something else is going on.
      }
    },
  };
}

function openTemporary(): { readonly folder: string; readonly path: string; readonly descriptor: number } {
  let folder: string | null = null;
  try {
    folder = mkdtempSync(join(tmpdir(), 'vpa-'));
    const path = join(folder, 'spool');
    return { folder, path, descriptor: openSync(path, 'wx+', 0o600) };
  } catch (error) {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    throw fromSystem(error, 'write', tmpdir());
  }
}
