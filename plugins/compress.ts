/** compress: the payloads of all changes → frames, each compressed for itself (FORMAT §6.1). */
import type Vinyl from 'vinyl';
import { digestOf } from '../src/bytes.ts';
import { brotli } from '../src/compress/brotli.ts';
import type { Compressor } from '../src/compress/compressor.ts';
import { PatchError } from '../src/errors.ts';
import { untilAborted } from '../src/exec/until-aborted.ts';
import {
  changeFile,
  frameFile,
  groupFile,
  isChange,
  isGroup,
  release,
  streamOf,
} from '../src/stream/file.ts';
import { mapOrdered } from '../src/stream/map.ts';
import { frameSize } from '../src/patch/frames.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface CompressOptions {
  readonly compressor?: Compressor;
  /** How many frames are compressed at once; never changes the result. */
  readonly threads?: number;
}

export const compress = ({ compressor = brotli(), threads = 4 }: CompressOptions = {}): Stage =>
  stage('compress', async function* (files, { report, signal }) {
    let frames = 0;
    let done = 0;
    const pack = async (item: Vinyl | Run): Promise<Vinyl> => {
      if (!isRun(item)) return item;
      const number = frames++;
      const small = item.coded ? null : await untilAborted(compressor.compress(item.bytes), signal);
      const stored = small && small.length < item.bytes.length ? small : item.bytes;
      const gains = stored === small;
      report({ done: (done += item.bytes.length), total: null, unit: 'bytes', label: `frame ${number}` });
      const encoding = gains ? [compressor.id] : [];
      return frameFile(
        { digest: digestOf(stored), encoding, size: item.bytes.length, stored: stored.length },
        number,
        stored,
      );
    };
    yield* mapOrdered(cut(files), threads, pack);
  });

/** Payload bytes of a frame's size, or what is left. What groups are coded by compresses already. */
interface Run {
  readonly bytes: Uint8Array;
  readonly coded: boolean;
}

function isRun(item: Vinyl | Run): item is Run {
  return 'coded' in item;
}

/** Gives each change and group without its payload, and the payloads in runs: no run has those of changes and of groups. */
async function* cut(files: AsyncIterable<Vinyl>): AsyncGenerator<Vinyl | Run> {
  let frame = Buffer.alloc(frameSize);
  let filled = 0;
  let coded = false;
  for await (const file of files) {
    if (!isChange(file) && !isGroup(file)) {
      yield file;
      continue;
    }
    if (isGroup(file) && !coded) {
      if (filled > 0) yield { bytes: frame.subarray(0, filled), coded };
      frame = Buffer.alloc(frameSize);
      filled = 0;
      coded = true;
    }
    if (isChange(file) && coded && !file.isNull()) {
      throw new PatchError('E_STAGE', `${file.change.name}: a payload stands behind those of groups`, {
        entry: file.change.name,
      });
    }
    let payload = 0;
    for await (const piece of streamOf(file)) {
      for (let at = 0; at < piece.length;) {
        const part = piece.subarray(at, at + frameSize - filled);
        frame.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled < frameSize) continue;
        yield { bytes: frame, coded };
        frame = Buffer.alloc(frameSize);
        filled = 0;
      }
      payload += piece.length;
    }
    if (file.isNull()) {
      yield file;
      continue;
    }
    release(file);
    if (isChange(file)) yield await changeFile({ ...file.change, payload }, null, file.before);
    else yield groupFile({ ...file.group, payload }, 0, null);
  }
  if (filled > 0) yield { bytes: frame.subarray(0, filled), coded };
}
