/** Brotli (RFC 7932) as a frame compressor, on node:zlib. */
import { brotliCompress, brotliDecompress, constants, type BrotliOptions } from 'node:zlib';
import { promisify } from 'node:util';
import { PatchError, systemCode } from '../errors.ts';
import type { Compressor } from './compressor.ts';

export interface BrotliSettings {
  /** 0 (fastest) to 11 (smallest); by default it depends on the size of the data alone. */
  readonly quality?: number;
}

/**
 * Measured: 11 makes binaries a tenth smaller than 9, but takes 2.5 s a MiB, 9 takes 0.2 s. Nothing but an index is
 * larger than a frame, and of its digests 9 makes 8.9 MB in 13 s where 4 makes 8.1 MB in 1 s.
 */
function qualityFor(size: number): number {
  if (size <= 256 * 1024) return 11;
  return size <= 4 * 1024 * 1024 ? 9 : 4;
}

/** The compressor `brotli/1` (FORMAT §6.1). What it writes follows from data and settings alone. E_USAGE. */
export function brotli({ quality }: BrotliSettings = {}): Compressor {
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 0 && quality <= 11)) {
    throw new PatchError('E_USAGE', `brotli has no quality ${quality}`, { help: 'use 0 to 11' });
  }
  return {
    id: 'brotli/1',
    compress: (data) => compress(data, settings(data.length, quality ?? qualityFor(data.length))),
    decompress,
  };
}

const compress = promisify<Uint8Array, BrotliOptions, Buffer>(brotliCompress);

function settings(size: number, quality: number): BrotliOptions {
  // A window of n bits reaches 2^n - 16 bytes back.
  const window = Math.ceil(Math.log2(size + 16));
  return {
    chunkSize: chunk(size),
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: Math.min(
        Math.max(window, constants.BROTLI_MIN_WINDOW_BITS),
        constants.BROTLI_MAX_WINDOW_BITS,
      ),
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
    },
  };
}

/** Output is collected in pieces of this size; between two of them lies a trip to the thread pool. */
function chunk(size: number): number {
  return Math.min(Math.max(size, 64), 1 << 18);
}

async function decompress(data: Uint8Array, limit: number): Promise<Uint8Array> {
  // zlib takes no limit of 0 and reports only what goes beyond one.
  const options = { chunkSize: chunk(limit), maxOutputLength: Math.max(limit, 1), info: true };
  const { buffer, engine } = await new Promise<Decoded>((resolve, reject) => {
    brotliDecompress(data, options, (error, result) => {
      if (error === null) resolve(result as unknown as Decoded);
      else reject(refusal(error, limit));
    });
  });
  if (buffer.length > limit)
    throw new PatchError('E_LIMIT', `a brotli stream decodes to more than ${limit} bytes`);
  if (engine.bytesWritten !== data.length) {
    throw new PatchError(
      'E_FORMAT',
      `${data.length - engine.bytesWritten} bytes stand behind the end of a brotli stream`,
    );
  }
  return buffer;
}

/** What zlib gives with `info: true`, which its types do not know. */
interface Decoded {
  readonly buffer: Buffer;
  /** `bytesWritten`: how many bytes the decoder took. */
  readonly engine: { readonly bytesWritten: number };
}

function refusal(cause: Error, limit: number): PatchError {
  if (systemCode(cause) === 'ERR_BUFFER_TOO_LARGE') {
    return new PatchError('E_LIMIT', `a brotli stream decodes to more than ${limit} bytes`, { cause });
  }
  return new PatchError('E_FORMAT', 'a brotli stream is damaged or cut off', { cause });
}
