/**
 * Brings to the disk what was written: the data of files, and the names in folders. Several at a time, since each one
 * waits for the disk and the file system takes many into one go.
 */
import { closeSync, constants, fsync, openSync } from 'node:fs';
import { systemCode } from '../../errors.ts';

export interface Flusher {
  /** False: nothing is flushed. A killed process loses nothing then either, but a power failure may. */
  readonly durable: boolean;
  /** Takes an open file over: flushes it while others are written, and closes it. Waits where too many are on their way. */
  file(file: number): Promise<void>;
  /** Waits for all files that were taken over; throws the first error of any. */
  settled(): Promise<void>;
  /** Flushes folders (which names are in them) and files by their paths; what is gone by now is passed over. */
  paths(paths: Iterable<string>): Promise<void>;
}

/** As many as Node's pool has threads. */
const inFlight = 4;

export function createFlusher(durable: boolean): Flusher {
  let pending = 0;
  const failed: Error[] = [];
  const waiting: (() => void)[] = [];
  const start = (file: number): void => {
    pending++;
    flush(file, (error) => {
      pending--;
      if (error !== null) failed.push(error);
      for (const go of waiting.splice(0)) go();
    });
  };
  const fewerThan = async (count: number): Promise<void> => {
    while (pending >= count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const settled = async (): Promise<void> => {
    await fewerThan(1);
    const [first] = failed.splice(0);
    if (first !== undefined) throw first;
  };
  return {
    durable,
    settled,
    async file(file) {
      if (!durable) closeSync(file);
      else {
        start(file);
        await fewerThan(inFlight);
      }
    },
    async paths(paths) {
      // Windows cannot open a folder, and writes names in order by itself.
      if (!durable || process.platform === 'win32') return;
      for (const path of paths) {
        const file = openToFlush(path);
        if (file === null) continue;
        start(file);
        await fewerThan(inFlight);
      }
      await settled();
    },
  };
}

/** Closes it, too. */
function flush(file: number, done: (error: Error | null) => void): void {
  const end = (error: Error | null): void => {
    try {
      closeSync(file);
      done(error && !isPointless(error) ? error : null);
    } catch (reason) {
      done(asError(reason));
    }
  };
  try {
    fsync(file, end);
  } catch (error) {
    end(asError(error));
  }
}

function openToFlush(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // Gone, a link by now, or a folder that not even its owner may read.
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
}

/** Some file systems have nothing to flush for a folder, and say so. */
function isPointless(error: Error): boolean {
  return ['EINVAL', 'ENOTSUP'].includes(systemCode(error) ?? '');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
