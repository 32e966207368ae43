/** The port for compressors of frames. */

/**
 * The contract (test/contract/compressor.ts): `decompress(compress(data), data.length)` gives the data; equal data
 * gives equal bytes everywhere; `decompress` refuses with E_LIMIT before it allocates more than `limit` bytes, and
 * with E_FORMAT what is not its own output; bytes behind the end of the stream are E_FORMAT too.
 */
export interface Compressor {
  /** Name and version, as it stands in a frame's `encoding`: 'brotli/1'. */
  readonly id: string;
  compress(data: Uint8Array): Promise<Uint8Array>;
  decompress(data: Uint8Array, limit: number): Promise<Uint8Array>;
}
