/** A patch file, whatever its name, as the beginning of a chain. */
import { statSync } from 'node:fs';
import { PatchError, fromSystem } from '../errors.ts';
import type { Bytes } from '../bytes.ts';
import { fileBytes } from '../layer/file-bytes.ts';
import { partFile } from '../stream/file.ts';
import { type Stage, source } from '../stream/stage.ts';

/** E_INPUT where there is no such file. */
export function openPatchFile(path: string): Bytes {
  let size: number | null = null;
  try {
    const stats = statSync(path);
    if (stats.isFile()) size = stats.size;
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  if (size !== null) return fileBytes(path, size);
  throw new PatchError('E_INPUT', `${path}: is not a file`, { entry: path, help: 'give a .vpa file' });
}

export const patchSource = (path: string): Stage =>
  source('open', async function* () {
    // `unpack` goes by the extension, which a downloaded file need not have.
    yield partFile('patch.vpa', openPatchFile(path));
  });
