/** A reader of files that goes on where one of them cannot be read. */
import { PatchError, throwIfCancelled } from '../errors.ts';
import type { Meta } from './layer.ts';
import { type FileFacts, type FileReader, digestLength } from './read-files.ts';
import type { Odd } from './walk.ts';

/** No content is known to have it. */
const unknown = 'sha256:'.padEnd(digestLength, '0');

/** Whether an entry is a file that could not be read. */
export function isUnreadable(meta: Meta): boolean {
  return meta.type === 'file' && meta.digest === unknown;
}

/** A file that cannot be read has no size, no mode, and a digest that no other one has; `onOdd` hears of it. */
export function readingOn(reader: FileReader, onOdd: (odd: Odd) => void): FileReader {
  return async function* (batches, signal) {
    for (const batch of batches) {
      try {
        yield* reader([batch], signal);
      } catch (error) {
        throwIfCancelled(signal);
        if (!(error instanceof PatchError) || error.code !== 'E_INPUT') throw error;
        yield await oneByOne(reader, batch, onOdd, signal);
      }
    }
  };
}

async function oneByOne(
  reader: FileReader,
  paths: readonly string[],
  onOdd: (odd: Odd) => void,
  signal?: AbortSignal,
): Promise<FileFacts> {
  const sizes = new Float64Array(paths.length);
  const modes = new Int32Array(paths.length).fill(-1);
  let digests = '';
  for (const [at, path] of paths.entries()) {
    try {
      for await (const facts of reader([[path]], signal)) {
        sizes[at] = facts.sizes[0] ?? 0;
        modes[at] = facts.modes[0] ?? -1;
        digests += facts.digests;
      }
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof PatchError)) throw error;
      onOdd({ path, reason: 'cannot be read' });
      digests += unknown;
    }
  }
  return { sizes, modes, digests };
}
