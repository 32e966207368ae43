/** Signatures by Ed25519 keys (RFC 8032, pure), on node:crypto. */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { throwIfCancelled } from '../errors.ts';
import { keyIdOf, readPrivateKey, readPublicKey } from './keys.ts';
import type { Signature, Signer, Verifier } from './signer.ts';

export { generateKeyPair, keyIdOf, type KeyPair } from './keys.ts';

export const signatureSize = 64;

/** Signs with a private key in PEM (PKCS #8). E_INPUT for a key that cannot be used. */
export function ed25519Signer(pem: string, passphrase?: string): Signer & { readonly keyId: string } {
  const key = readPrivateKey(pem, passphrase);
  const keyId = keyIdOf(createPublicKey(key));
  return {
    keyId,
    sign: async (message, signal) => {
      throwIfCancelled(signal);
      return { keyId, algorithm: 'ed25519', bytes: new Uint8Array(sign(null, message, key)) };
    },
  };
}

/** Trusts a public key in PEM (SubjectPublicKeyInfo). E_USAGE for a private key, E_INPUT for any other text. */
export function ed25519Verifier(publicPem: string): Verifier {
  const key: KeyObject = readPublicKey(publicPem);
  const keyId = keyIdOf(key);
  return { keyId, verify: async (message, signature) => isValid(message, signature, keyId, key) };
}

function isValid(message: Uint8Array, signature: Signature, keyId: string, key: KeyObject): boolean {
  // The types allow nothing but ed25519, yet signatures come out of files.
  const algorithm: string = signature.algorithm;
  return (
    algorithm === 'ed25519' &&
    signature.keyId === keyId &&
    signature.bytes.length === signatureSize &&
    verify(null, message, key, signature.bytes)
  );
}
