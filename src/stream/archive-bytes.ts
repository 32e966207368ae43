/** The bytes of a `.vpa` file on its way, whichever way it carries them. */
import type Vinyl from 'vinyl';
import { type Bytes, bytesOf } from '../bytes.ts';
import { openFile } from '../layer/file-bytes.ts';
import { bytesOfFile, contentsOf } from './file.ts';

/** An archive that comes as a foreign stream has to fit into memory. */
const largestBuffer = 2 ** 31 - 1;

/** The file's contents may be null (`gulp.src(…, { read: false })`): then it is read from its path, part by part. */
export async function bytesOfArchive(file: Vinyl): Promise<Bytes> {
  if (file.isNull()) return openFile(file.path);
  return bytesOfFile(file) ?? bytesOf(await contentsOf(file, largestBuffer));
}
