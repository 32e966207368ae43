/** Contents that are taken over from a source as they are, and held against what was seen of it before. */
import { type Bytes, chunksOf, createHasher, sameDigest } from '../bytes.ts';
import { PatchError, throwIfCancelled } from '../errors.ts';
import type { Change } from './change.ts';

/** The content in pieces, the last one only after all of them were right: E_INPUT where the source was changed since. */
export async function* verbatim(
  change: Change,
  bytes: Bytes,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (change.after?.type !== 'file') return;
  const hasher = createHasher();
  let held: Uint8Array | undefined;
  for await (const piece of chunksOf(bytes)) {
    throwIfCancelled(signal);
    if (held) yield held;
    held = piece;
    hasher.update(piece);
  }
  if (!sameDigest(hasher.digest(), change.after.digest)) {
    throw new PatchError('E_INPUT', `${change.name}: was changed in the source while it was read`, {
      entry: change.name,
      help: 'run it again when nobody else changes the source',
    });
  }
  if (held) yield held;
}
