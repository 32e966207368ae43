/** The ports for signing a manifest and for checking signatures. */

export interface Signature {
  /** The first 32 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER). */
  readonly keyId: string;
  readonly algorithm: 'ed25519';
  /** The bare signature; 64 bytes for Ed25519 (RFC 8032). */
  readonly bytes: Uint8Array;
}

/** Makes a detached signature over the message as it is given (FORMAT §7 says what the message is). */
export interface Signer {
  sign(message: Uint8Array, signal?: AbortSignal): Promise<Signature>;
}

/** One trusted key. */
export interface Verifier {
  readonly keyId: string;
  /** Whether this key made this signature over this message. False, never an error, for a signature that is not. */
  verify(message: Uint8Array, signature: Signature): Promise<boolean>;
}
