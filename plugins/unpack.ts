/** unpack: each `.vpa` file → its parts: manifest, signatures, index, frames. Nothing is decoded, index and frames are not read. */
import { openArchive, partBytes, readPart } from '../src/patch/archive-reader.ts';
import { type Limits, defaultLimits } from '../src/patch/limits.ts';
import { parsePartName } from '../src/patch/part-names.ts';
import { bytesOfArchive } from '../src/stream/archive-bytes.ts';
import { partFile } from '../src/stream/file.ts';
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
      const archive = await openArchive(await bytesOfArchive(file), { ...defaultLimits, ...limits });
      for (const part of archive.parts) {
        const kind = parsePartName(part.name)?.kind;
        // How large an index may be, the manifest says first.
        const isLarge = kind === 'index' || kind === 'frame';
        yield partFile(part.name, isLarge ? partBytes(part) : await readPart(part, part.size));
      }
    }
  });
