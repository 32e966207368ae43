/** A patch on disk, whatever its name, as the beginning of a chain; its parts are read when they are needed. */
import { openFile } from '../layer/file-bytes.ts';
import { archiveFile } from './file.ts';
import { type Stage, source } from './stage.ts';

/** For the front of an apply chain. E_INPUT where the file is missing or cannot be read. */
export function openArchiveFile(path: string): Stage {
  return source('open', async function* () {
    yield archiveFile(openFile(path));
  });
}
