/** The port for delta codecs: algorithm pairs that write and read the difference of two byte sequences. */
import type { Bytes } from '../bytes.ts';
import type { Executor } from '../exec/executor.ts';

export interface CodecContext {
  readonly signal: AbortSignal;
  /** Where heavy work runs. */
  readonly executor: Executor;
  /** The most memory in bytes that one decode may ask for beyond its input; E_LIMIT above. */
  readonly memoryLimit: number;
  /** Hears of bytes of the target as they have been encoded. */
  readonly onEncoded?: (bytes: number) => void;
}

/** A run of the reference. */
export interface ReadRange {
  readonly offset: number;
  readonly length: number;
}

/** A delta that is not coded yet. */
export interface Draft {
  /** All that it can take of its reference, in no order. */
  readonly reads: readonly ReadRange[];
  /** The same bytes as `encode` gives of the same reference and target. */
  encode(): AsyncIterable<Uint8Array>;
}

/**
 * The contract (test/contract/delta-codec.ts checks every implementation):
 * - `decode(reference, encode(reference, target))` gives the target, for any two inputs, empty ones included.
 * - Equal inputs give equal bytes, on every machine and with every number of threads.
 * - `encode` tells of every byte of the target once, unless it ends early; so does `draft`, and then its `encode` again.
 * - `encode` streams the delta in pieces of bounded size and never holds more of either input than its windows.
 *   It may return early (the caller stops reading) and then stops working.
 * - `decode` takes any bytes whatever: it yields at most `size` bytes, then ends or throws a PatchError (E_FORMAT,
 *   E_LIMIT); it never hangs, and never yields fewer than `size` bytes without an error. A delta that reads outside
 *   of the reference is an error. A wrong reference of the right size may go unnoticed: callers compare digests.
 */
export interface DeltaCodec {
  /** Name and version, as it stands in `encoding`: 'xdelta3/1'. */
  readonly id: string;
  encode(reference: Bytes, target: Bytes, context: CodecContext): AsyncIterable<Uint8Array>;
  decode(reference: Bytes, delta: Bytes, size: number, context: CodecContext): AsyncIterable<Uint8Array>;
  /** Whether `decode` waits (`until`) for what it reads of a delta, so that it can follow an `encode` that is not done yet. */
  readonly follows?: boolean;
  /**
   * Does the part of encoding that finds out what is taken of the reference; a codec need not be able to. Whoever makes a patch leaves out
   * references that nothing is taken from. Holds what it has found until the draft is dropped.
   */
  draft?(reference: Bytes, target: Bytes, context: CodecContext): Promise<Draft>;
}
