/** compress: the payloads of all changes → frames, each compressed for itself (FORMAT §6.1). */
import type Vinyl from 'vinyl';
import { digestOf } from '../src/bytes.ts';
import { brotli } from '../src/compress/brotli.ts';
import type { Compressor } from '../src/compress/compressor.ts';
import { changeFile, frameFile, isChange, release, streamOf } from '../src/stream/file.ts';
import { mapOrdered } from '../src/stream/map.ts';
import { frameSize } from '../src/patch/frames.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface CompressOptions {
  readonly compressor?: Compressor;
  /** How many frames are compressed at once; never changes the result. */
  readonly threads?: number;
}

export const compress = ({ compressor = brotli(), threads = 4 }: CompressOptions = {}): Stage =>
  stage('compress', async function* (files, { report }) {
    let frames = 0;
    let done = 0;
    const pack = async (item: Vinyl | Uint8Array): Promise<Vinyl> => {
      if (!(item instanceof Uint8Array)) return item;
      const number = frames++;
      const small = await compressor.compress(item);
      const gains = small.length < item.length;
      const stored = gains ? small : item;
      report({ done: (done += item.length), total: null, unit: 'bytes', label: `frame ${number}` });
      const encoding = gains ? [compressor.id] : [];
      return frameFile(
        { digest: digestOf(stored), encoding, size: item.length, stored: stored.length },
        number,
        stored,
      );
    };
    yield* mapOrdered(cut(files), threads, pack);
  });

/** Gives each change without its payload, and the payloads in runs of a frame's size. */
async function* cut(files: AsyncIterable<Vinyl>): AsyncGenerator<Vinyl | Uint8Array> {
  let frame = Buffer.alloc(frameSize);
  let filled = 0;
  for await (const file of files) {
    if (!isChange(file) || file.isNull()) {
      yield file;
      continue;
    }
    let payload = 0;
    for await (const piece of streamOf(file)) {
      for (let at = 0; at < piece.length;) {
        const part = piece.subarray(at, at + frameSize - filled);
        frame.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < frameSize) continue;
        yield frame;
        frame = Buffer.alloc(frameSize);
        filled = 0;
      }
      payload += piece.length;
    }
    release(file);
    yield await changeFile({ ...file.change, payload }, null, file.before);
  }
  if (filled > 0) yield frame.subarray(0, filled);
}
