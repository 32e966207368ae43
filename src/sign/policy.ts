/** Whether enough trusted keys have signed (FORMAT §7). */
import { PatchError } from '../errors.ts';
import { signedMessage } from './message.ts';
import type { Signature, Verifier } from './signer.ts';

/** Whom to believe. */
export interface Trust {
  readonly keys: readonly Verifier[];
  /** How many different ones of them must have signed; at least 1. */
  readonly threshold: number;
}

/** Refuses (E_USAGE) a policy that nothing, or everything, would satisfy. */
export function assertTrust({ keys, threshold }: Trust): void {
  const count = new Set(keys.map((key) => key.keyId)).size;
  if (count === 0)
    throw new PatchError('E_USAGE', 'no trusted key is given', { help: 'give one public key at least' });
  if (Number.isInteger(threshold) && threshold >= 1 && threshold <= count) return;
  throw new PatchError('E_USAGE', `${threshold} signatures cannot be asked of ${count} trusted keys`, {
    help: `use a threshold of 1 to ${count}`,
  });
}

/**
 * Checks the signatures over the bytes of a manifest and gives the ids of the trusted keys that made them, sorted.
 * E_SIGNATURE for an invalid signature in the name of a trusted key, E_UNTRUSTED where too few keys have signed.
 * Signatures of other keys do not matter.
 */
export async function checkSignatures(
  manifest: Uint8Array,
  signatures: readonly Signature[],
  trust: Trust,
): Promise<readonly string[]> {
  assertTrust(trust);
  const keys = new Map(trust.keys.map((key) => [key.keyId, key]));
  const message = signedMessage(manifest);
  const valid = new Set<string>();
  const unknown = new Set<string>();
  for (const signature of signatures) {
    const key = keys.get(signature.keyId);
    if (key === undefined) unknown.add(signature.keyId);
    else if (await key.verify(message, signature)) valid.add(signature.keyId);
    else {
      throw new PatchError('E_SIGNATURE', `the signature of key ${signature.keyId} is not valid`, {
        help: 'do not use this patch: it was changed after it was signed, or the signature is forged',
      });
    }
  }
  if (valid.size >= trust.threshold) return [...valid].sort();
  throw untrusted(trust.threshold, [...valid].sort(), [...unknown].sort());
}

function untrusted(threshold: number, valid: readonly string[], unknown: readonly string[]): PatchError {
  const signers = valid.length === 0 ? 'none of them' : `only ${valid.join(', ')}`;
  const others =
    unknown.length === 0 ? '' : `; it is also signed by keys that are not trusted: ${unknown.join(', ')}`;
  const missing = threshold - valid.length;
  return new PatchError(
    'E_UNTRUSTED',
    `${threshold} of the trusted keys must have signed this patch, but ${signers} did (${missing} missing)${others}`,
    {
      help: 'get a patch with these signatures, or trust its signers if you have their keys from a source you trust',
    },
  );
}
