/** Writes a file whole or not at all. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fromSystem, throwIfCancelled } from '../errors.ts';

/**
 * Writes beside the path, flushes, and renames: whoever looks sees the old file or the new one. After an error or an
 * abort nothing is left. E_SPACE, E_RIGHTS, E_INPUT (no such folder).
 */
export async function writeWhole(
  path: string,
  contents: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const file = await open(draft, 'wx');
    try {
      for await (const piece of contents) {
        throwIfCancelled(signal);
        await file.writeFile(piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw fromSystem(error, 'write', path);
  }
}
