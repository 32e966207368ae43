/** Size, mode and digest of many files: read here, or by a reader that has more threads. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { chunkSize, createHasher, digestOf } from '../bytes.ts';
import { fromSystem, throwIfCancelled } from '../errors.ts';
import { takingTurns } from './turns.ts';
import { modeOf, platformHasModes } from './walk.ts';

/** Facts of files in the order of their paths; in columns, since that travels well between threads. */
export interface FileFacts {
  readonly sizes: Float64Array;
  /** Permission bits; -1 where the platform has none. */
  readonly modes: Int32Array;
  /** All digests, one behind the other; each is `digestLength` characters long. */
  readonly digests: string;
}

/** Reads the files of each batch of paths, and gives the facts of one batch after the other. */
export type FileReader = (
  batches: readonly (readonly string[])[],
  signal?: AbortSignal,
) => AsyncIterable<FileFacts>;

/** Where `readFiles` is, for an executor. */
export const readFilesAddress = { module: import.meta.url, name: 'readFiles' } as const;

/** For files that fit into it. Nothing else runs between the reading and the digest. */
const shared = Buffer.allocUnsafeSlow(64 << 10);

export const digestLength = digestOf(new Uint8Array()).length;

/** The reader of this thread. */
export async function* readHere(
  batches: readonly (readonly string[])[],
  signal?: AbortSignal,
): AsyncGenerator<FileFacts> {
  const turns = takingTurns();
  for (const paths of batches) {
    const reading = reader(paths);
    let step = reading.next();
    for (; step.done !== true; step = reading.next()) {
      throwIfCancelled(signal);
      const pause = turns();
      if (pause) await pause;
    }
    yield step.value;
  }
}

/** The kernel for another thread: one batch without a stop. */
export function readFiles(paths: readonly string[]): FileFacts {
  const reading = reader(paths);
  let step = reading.next();
  while (step.done !== true) step = reading.next();
  return step.value;
}

/** Opens each file once. Stops after each piece, for whoever has other work meanwhile. */
function* reader(paths: readonly string[]): Generator<undefined, FileFacts, undefined> {
  const sizes = new Float64Array(paths.length);
  const modes = new Int32Array(paths.length);
  let digests = '';
  for (const [at, path] of paths.entries()) {
    try {
      // A link that took the file's place since the folder was listed is not followed.
      const file = openSync(path, constants.O_RDONLY | (platformHasModes ? constants.O_NOFOLLOW : 0));
      try {
        const stats = fstatSync(file);
        modes[at] = modeOf(stats).mode ?? -1;
        if (stats.size <= shared.length) {
          const content = shared.subarray(0, fill(file, shared, 0, stats.size));
          sizes[at] = content.length;
          digests += digestOf(content);
          yield;
          continue;
        }
        const hasher = createHasher();
        const chunk = Buffer.allocUnsafe(chunkSize);
        let size = 0;
        for (let got = 1; got > 0 && size < stats.size; size += got) {
          got = fill(file, chunk, size, stats.size - size);
          hasher.update(chunk.subarray(0, got));
          yield;
        }
        sizes[at] = size;
        digests += hasher.digest();
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw fromSystem(error, 'read', path);
    }
  }
  return { sizes, modes, digests };
}

/** Reads as much as is wanted, fits and is there. */
function fill(file: number, buffer: Buffer, position: number, wanted: number): number {
  const length = Math.min(wanted, buffer.length);
  let done = 0;
  for (let got = 1; got > 0 && done < length; done += got) {
    got = readSync(file, buffer, done, length - done, position + done);
  }
  return done;
}
