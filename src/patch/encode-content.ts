/** From the content of a file to the smallest payload that a codec makes of it. */
import { type Bytes, type Digest, createHasher } from '../bytes.ts';
import type { CodecContext, DeltaCodec, Draft } from '../delta/codec.ts';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { createGrowing } from '../growing.ts';
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

/** What is to come out of a delta: all of it, and what it consists of. */
export interface Wanted {
  readonly bytes: Bytes;
  readonly parts: readonly Expected[];
}

export interface EncodeOptions {
  /** Of the same reference and target, as far as there are any. */
  readonly drafts?: ReadonlyMap<DeltaCodec, Draft>;
  /** Hears of bytes of the target as they have been decoded again. */
  readonly onDecoded?: (bytes: number) => void;
}

/**
 * The smallest delta from the reference to the target that is smaller than the target itself, or null where there is none. It has been decoded,
 * and what came out is the target's parts: E_CODEC otherwise. The caller closes the spool.
 */
export async function encodeContent(
  reference: Bytes,
  target: Wanted,
  codecs: readonly DeltaCodec[],
  context: CodecContext,
  { drafts, onDecoded }: EncodeOptions = {},
): Promise<Encoded | null> {
  const piecesOf = (codec: DeltaCodec): AsyncIterable<Uint8Array> =>
    drafts?.get(codec)?.encode() ?? codec.encode(reference, target.bytes, context);
  const [only] = codecs;
  if (codecs.length === 1 && only?.follows) {
    return encodeFollowed(only, piecesOf(only), reference, target, context, onDecoded);
  }
  let best: Encoded | null = null;
  for (const codec of codecs) {
    const delta = createSpool(inMemory);
    const limit = best?.delta.size ?? target.bytes.size;
    if (!(await fillBelow(delta, limit, piecesOf(codec), context.signal))) continue;
    best?.delta.close();
    best = { codec, delta };
  }
  if (best) await assertLeads(best, reference, target.parts, context, onDecoded);
  return best;
}

/** How much of a delta stays in memory, in bytes. */
const inMemory = 1 << 20;

/** The only delta that is tried is decoded while it is made: no thread waits for another one. */
async function encodeFollowed(
  codec: DeltaCodec,
  pieces: AsyncIterable<Uint8Array>,
  reference: Bytes,
  { bytes, parts }: Wanted,
  context: CodecContext,
  onDecoded?: (bytes: number) => void,
): Promise<Encoded | null> {
  const delta = createSpool(inMemory);
  const growing = createGrowing(delta);
  const decoded = codec.decode(reference, growing.bytes, bytes.size, context);
  const check = leadsTo(decoded, parts, onDecoded);
  check.catch(() => undefined); // it is awaited later; a failure until then is not "unhandled"
  try {
    const isSmaller = await fillBelow(delta, bytes.size, pieces, context.signal, () => growing.grown());
    if (isSmaller) growing.end();
    else growing.fail(new PatchError('E_CODEC', 'the delta is not smaller than what it makes'));
    if (!isSmaller) return null;
  } catch (error) {
    growing.fail(error);
    throw error;
  } finally {
    await Promise.allSettled([check]);
  }
  await assertChecked({ codec, delta }, check);
  return { codec, delta };
}

/**
 * Decodes a delta and compares what comes out: E_CODEC, and the spool is closed, where that is not the target's parts.
 * `onDecoded` hears of bytes.
 */
export async function assertLeads(
  encoded: Encoded,
  reference: Bytes,
  parts: readonly Expected[],
  context: CodecContext,
  onDecoded?: (bytes: number) => void,
): Promise<void> {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const decoded = encoded.codec.decode(reference, encoded.delta, size, context);
  await assertChecked(encoded, leadsTo(decoded, parts, onDecoded));
}

async function assertChecked({ codec, delta }: Encoded, check: Promise<boolean>): Promise<void> {
  if (await check) return;
  delta.close();
  throw new PatchError('E_CODEC', `the codec ${codec.id} made a delta that does not lead to the target`, {
    help: 'this is a defect of the codec; leave it out (--codec) and report it',
  });
}

/** Puts all pieces into a spool; false, and the spool is closed, as soon as they are not fewer than `limit` bytes. */
async function fillBelow(
  spool: Spool,
  limit: number,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  onMore?: () => void,
): Promise<boolean> {
  try {
    for await (const piece of pieces) {
      throwIfCancelled(signal);
      if (spool.size + piece.length >= limit) {
        spool.close();
        return false;
      }
      spool.append(piece);
      onMore?.();
    }
  } catch (error) {
    spool.close();
    throw error;
  }
  return true;
}

/** Whether the pieces are the parts, and nothing more. */
async function leadsTo(
  pieces: AsyncIterable<Uint8Array>,
  parts: readonly Expected[],
  onDecoded?: (bytes: number) => void,
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
    onDecoded?.(piece.length);
  }
  return left === 0 && index === parts.length - 1 && hasher.digest() === parts[index]?.digest;
}
