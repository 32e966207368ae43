/** unpack: each `.vpa` file → its parts: manifest, signatures, index, frames. Nothing is decoded, frames are not read. */
import { statSync } from 'node:fs';
import type Vinyl from 'vinyl';
import { type Bytes, bytesOf } from '../src/bytes.ts';
import { fromSystem } from '../src/errors.ts';
import { fileBytes } from '../src/layer/file-bytes.ts';
import { openArchive, readPart } from '../src/patch/archive-reader.ts';
import { type Limits, defaultLimits } from '../src/patch/limits.ts';
import { bytesOfFile, contentsOf, partFile } from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface UnpackOptions {
  readonly limits?: Partial<Limits>;
}

/** The file's contents may be null (`gulp.src(…, { read: false })`): then it is read from its path, part by part. */
export const unpack = ({ limits }: UnpackOptions = {}): Stage =>
  stage('unpack', async function* (files) {
    for await (const file of files) {
      if (file.extname !== '.vpa') {
        yield file;
        continue;
      }
      const archive = await openArchive(await bytesOfArchive(file));
      for (const part of archive.parts) {
        const small = !part.name.startsWith('frames/');
        const limit = Math.max(limits?.indexStored ?? 0, defaultLimits.indexStored);
        yield partFile(part.name, small ? await readPart(part, limit) : part.bytes);
      }
    }
  });

async function bytesOfArchive(file: Vinyl): Promise<Bytes> {
  if (!file.isNull()) return bytesOfFile(file) ?? bytesOf(await contentsOf(file, 2 ** 31 - 1));
  try {
    return fileBytes(file.path, statSync(file.path).size);
  } catch (error) {
    throw fromSystem(error, 'read', file.path);
  }
}
