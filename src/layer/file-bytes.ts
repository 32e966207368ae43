/** Random access to a file on disk. No descriptor is kept open, so a hundred thousand of these cost nothing. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { type Bytes, assertRange } from '../bytes.ts';
import { PatchError, fromSystem } from '../errors.ts';

/**
 * The file's bytes; `size` is what it was found to have. E_INPUT when it cannot be read, or became shorter.
 * Synchronous calls, since for the sizes that are asked for here they cost a tenth of asynchronous ones.
 */
export function fileBytes(path: string, size: number): Bytes {
  return {
    size,
    read: async (offset, length) => {
      assertRange(offset, length, size);
      await othersTurn();
      return readRange(path, offset, length);
    },
    fill: async (offset, into) => {
      assertRange(offset, into.length, size);
      fillRange(path, offset, into);
    },
  };
}

/** After so many milliseconds of reading, signals and timers get their turn. */
const turn = 50;
// A thread has one event loop, whoever reads.
let lastTurn = performance.now();

/** Synchronous reads awaited one after the other would keep Ctrl-C waiting until the last of them. */
async function othersTurn(): Promise<void> {
  if (performance.now() - lastTurn < turn) return;
  await new Promise(setImmediate);
  lastTurn = performance.now();
}

/** The bytes of a file that must be there. E_INPUT where it is missing, no file, or cannot be read. */
export function openFile(path: string): Bytes {
  let size: number | null = null;
  try {
    const stats = statSync(path);
    if (stats.isFile()) size = stats.size;
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  if (size !== null) return fileBytes(path, size);
  throw new PatchError('E_INPUT', `${path}: is not a file`, { entry: path, help: 'give the path of a file' });
}

/** Reads exactly that range of a file. */
export function readRange(path: string, offset: number, length: number): Uint8Array {
  const data = new Uint8Array(length);
  fillRange(path, offset, data);
  return data;
}

function fillRange(path: string, offset: number, data: Uint8Array): void {
  const { length } = data;
  try {
    const file = openSync(path, 'r');
    try {
      let done = 0;
      while (done < length) {
        const got = readSync(file, data, done, length - done, offset + done);
        if (got === 0) break;
        done += got;
      }
      if (done < length) {
        throw new PatchError('E_INPUT', `${path}: became shorter while it was read`, {
          entry: path,
          help: 'make sure that nothing writes to it, and run it again',
        });
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
}
