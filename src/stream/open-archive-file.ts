/** Patches on disk, whatever their names, as the beginning of a chain; their parts are read when they are needed. */
import { openFile } from '../layer/file-bytes.ts';
import { archiveFile } from './file.ts';
import { type Stage, source } from './stage.ts';

/** For the front of an apply chain. E_INPUT where the file is missing or cannot be read. */
export function openArchiveFile(...paths: readonly string[]): Stage {
  return source('open', async function* () {
    for (const path of paths) yield archiveFile(openFile(path), path);
  });
}
