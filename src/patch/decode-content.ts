/** From the payload of a change back to the content of a file (FORMAT §6.2), checked while it streams. */
import { type Bytes, chunksOf, createHasher } from '../bytes.ts';
import type { CodecContext, DeltaCodec } from '../delta/codec.ts';
import { PatchError, throwIfCancelled } from '../errors.ts';
import { type Change, copyEncoding } from './change.ts';
import { unknownCodec } from './payload.ts';

export interface Decoding {
  readonly codecs: readonly DeltaCodec[];
  readonly context: CodecContext;
}

/**
 * The whole new content of a file that a change adds or modifies. `reference` is what the payload is coded against; null
 * where there is none. Yields the last piece only after size and digest of all pieces were right: E_DIGEST otherwise;
 * E_CODEC for an encoding that no codec has, and what the codec raises.
 */
export async function* decodeContent(
  change: Change,
  payload: Bytes,
  reference: Bytes | null,
  decoding: Decoding,
): AsyncGenerator<Uint8Array> {
  if (change.after?.type !== 'file') return;
  const { size, digest } = change.after;
  const hasher = createHasher();
  let done = 0;
  let held: Uint8Array | undefined;
  for await (const piece of undo(change, payload, reference, size, decoding)) {
    throwIfCancelled(decoding.context.signal);
    if (held) yield held;
    held = piece;
    hasher.update(piece);
    done += piece.length;
    if (done > size) break;
  }
  if (done !== size || hasher.digest() !== digest) {
    throw new PatchError('E_DIGEST', `${change.name}: what the patch made is not what it promises`, {
      entry: change.name,
      help: 'the patch or the base is damaged; get the patch again',
    });
  }
  if (held) yield held;
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
