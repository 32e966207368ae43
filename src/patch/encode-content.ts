/** From the content of a file to the smallest payload that a codec makes of it. */
import { type Bytes, type Digest, createHasher } from '../bytes.ts';
import type { CodecContext, DeltaCodec, Draft } from '../delta/codec.ts';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { type Spool, createSpool } from '../spool.ts';

export interface Encoded {
  readonly codec: DeltaCodec;
  readonly delta: Spool;
}

/** A part of what is encoded: whole files, one behind the other. */
export interface Expected {
  readonly size: number;
  readonly digest: Digest;
}

/**
 * The smallest delta from the reference to the target that is smaller than the target itself, or null where there is
 * none. Nothing is to be made of it before `assertLeads` has decoded it. The caller closes the spool. `drafts`: of the same two, as far as there are any.
 */
export async function encodeContent(
  reference: Bytes,
  target: Bytes,
  codecs: readonly DeltaCodec[],
  context: CodecContext,
  drafts: ReadonlyMap<DeltaCodec, Draft> = new Map(),
): Promise<Encoded | null> {
  let best: Encoded | null = null;
  for (const codec of codecs) {
    const limit = best?.delta.size ?? target.size;
    const delta = await encodeBelow(
      limit,
      drafts.get(codec)?.encode() ?? codec.encode(reference, target, context),
      context.signal,
    );
    if (!delta) continue;
    best?.delta.close();
    best = { codec, delta };
  }
  return best;
}

/**
 * Decodes a delta and compares what comes out: E_CODEC, and the spool is closed, where that is not the target's parts.
 * `onDecoded` hears of bytes.
 */
export async function assertLeads(
  { codec, delta }: Encoded,
  reference: Bytes,
  parts: readonly Expected[],
  context: CodecContext,
  onDecoded: (bytes: number) => void = () => undefined,
): Promise<void> {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (await leadsTo(codec.decode(reference, delta, size, context), parts, onDecoded)) return;
  delta.close();
  throw new PatchError('E_CODEC', `the codec ${codec.id} made a delta that does not lead to the target`, {
    help: 'this is a defect of the codec; leave it out (--codec) and report it',
  });
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

/** Whether the pieces are the parts, and nothing more. */
async function leadsTo(
  pieces: AsyncIterable<Uint8Array>,
  parts: readonly Expected[],
  onDecoded: (bytes: number) => void,
): Promise<boolean> {
  let index = 0;
  let hasher = createHasher();
  let left = parts[0]?.size ?? 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      while (left === 0) {
        if (hasher.digest() !== parts[index]?.digest) return false;
        hasher = createHasher();
        left = parts[++index]?.size ?? Infinity;
      }
      const taken = piece.subarray(at, at + left);
      hasher.update(taken);
      at += taken.length;
      left -= taken.length;
    }
    onDecoded(piece.length);
  }
  return left === 0 && index === parts.length - 1 && hasher.digest() === parts[index]?.digest;
}
