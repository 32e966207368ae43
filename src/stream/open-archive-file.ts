/** A source that gives one `.vpa` file from disk; its parts are read when they are needed. */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import Vinyl from 'vinyl';
import { fromSystem } from '../errors.ts';
import { type Stage, source } from './stage.ts';

/** For the front of an apply chain. E_INPUT where the file is missing or cannot be read. */
export function openArchiveFile(path: string): Stage {
  return source('open', async function* () {
    const file = resolve(path);
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      throw fromSystem(error, 'read', path);
    }
    yield new Vinyl({ path: file });
  });
}
