/** From the payload of a change back to the content of a file (FORMAT §6.2), checked while it streams. */
import { type Bytes, type Digest, chunksOf, createHasher, sameDigest } from '../bytes.ts';
import type { CodecContext, DeltaCodec } from '../delta/codec.ts';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { type Change, copyEncoding } from './change.ts';
import type { Group } from './group.ts';
import { unknownCodec } from './payload.ts';

export interface Decoding {
  readonly codecs: readonly DeltaCodec[];
  readonly context: CodecContext;
}

/**
 * The whole new content of a file that a change adds or modifies, out of the pieces that undoing its encoding gives. Yields the last piece
 * only after size and digest of all pieces were right, as far as the change knows the digest: E_DIGEST otherwise. `saw` hears of the whole one.
 */
export async function* checked(
  change: Change,
  pieces: AsyncIterable<Uint8Array>,
  saw: (digest: Digest) => void,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (change.after?.type !== 'file') return;
  const { size, digest } = change.after;
  const hasher = createHasher();
  let done = 0;
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    throwIfCancelled(signal);
    if (held) yield held;
    held = piece;
    hasher.update(piece);
    done += piece.length;
    if (done > size) break;
  }
  const made = hasher.digest();
  if (done !== size || !sameDigest(made, digest)) {
    throw new PatchError('E_DIGEST', `${change.name}: what the patch made is not what it promises`, {
      entry: change.name,
      help: 'the patch or the base is damaged; get the patch again',
    });
  }
  saw(made);
  if (held) yield held;
}

/**
 * Undoes the encoding of a change that is in no group. `reference` is what the payload is coded against; null
 * where there is none. E_CODEC for an encoding that no codec has, and what the codec raises.
 */
export function decodeContent(
  change: Change,
  payload: Bytes,
  reference: Bytes | null,
  decoding: Decoding,
): AsyncIterable<Uint8Array> {
  const size = change.after?.type === 'file' ? change.after.size : 0;
  return undo(change, payload, reference, size, decoding);
}

/** Undoes the encoding of a group whose contents have `size` bytes together. E_CODEC. */
export function decodeGroup(
  group: Group,
  number: number,
  payload: Bytes,
  reference: Bytes,
  size: number,
  { codecs, context }: Decoding,
): AsyncIterable<Uint8Array> {
  const codec = codecs.find(({ id }) => id === group.encoding[0]);
  if (!codec || group.encoding.length > 1) throw unknownCodec(group.encoding.join(' + '), `group ${number}`);
  return codec.decode(reference, payload, size, context);
}

function undo(
  change: Change,
  payload: Bytes,
  reference: Bytes | null,
  size: number,
  { codecs, context }: Decoding,
): AsyncIterable<Uint8Array> {
  const [step, ...more] = change.encoding;
  if (step === undefined) return chunksOf(payload);
  const codec = codecs.find((one) => one.id === step);
  if (more.length > 0 || (step !== copyEncoding && !codec))
    throw unknownCodec(change.encoding.join(' + '), change.name);
  if (!reference) {
    throw new PatchError('E_FORMAT', `${change.name}: is coded against a content that is not there`, {
      entry: change.name,
    });
  }
  return codec ? codec.decode(reference, payload, size, context) : chunksOf(reference);
}
