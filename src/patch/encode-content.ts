/** From the content of a file to the smallest payload that a codec makes of it. */
import { type Bytes, type Digest, createHasher } from '../bytes.ts';
import type { CodecContext, DeltaCodec } from '../delta/codec.ts';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { type Spool, createSpool } from '../spool.ts';

export interface Encoded {
  readonly codec: string;
  readonly delta: Spool;
}

/**
 * The smallest delta from the reference to the target that is smaller than the target itself, or null where there is
 * none. Every delta is decoded and compared before it is given: E_CODEC for a codec that fails at that. The caller
 * closes the spool.
 */
export async function encodeContent(
  reference: Bytes,
  target: Bytes,
  digest: Digest,
  codecs: readonly DeltaCodec[],
  context: CodecContext,
): Promise<Encoded | null> {
  let best: Encoded | null = null;
  for (const codec of codecs) {
    const limit = best?.delta.size ?? target.size;
    const delta = await encodeBelow(limit, codec.encode(reference, target, context), context.signal);
    if (!delta) continue;
    best?.delta.close();
    best = { codec: codec.id, delta };
    const [made, size] = await digestOfPieces(codec.decode(reference, delta, target.size, context));
    if (made === digest && size === target.size) continue;
    delta.close();
    throw new PatchError('E_CODEC', `the codec ${codec.id} made a delta that does not lead to the target`, {
      help: 'this is a defect of the codec; leave it out (--codec) and report it',
    });
  }
  return best;
}

/** All pieces in a spool, or null as soon as they are not fewer than `limit` bytes. */
async function encodeBelow(
  limit: number,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Spool | null> {
  const spool = createSpool(1 << 20);
  try {
    for await (const piece of pieces) {
      throwIfCancelled(signal);
      if (spool.size + piece.length >= limit) {
        spool.close();
        return null;
      }
      spool.append(piece);
    }
  } catch (error) {
    spool.close();
    throw error;
  }
  return spool;
}

async function digestOfPieces(pieces: AsyncIterable<Uint8Array>): Promise<[Digest, number]> {
  const hasher = createHasher();
  let size = 0;
  for await (const piece of pieces) {
    hasher.update(piece);
    size += piece.length;
  }
  return [hasher.digest(), size];
}
