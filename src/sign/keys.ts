/** Ed25519 keys as PEM texts: made, read, and named (FORMAT §7). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { PatchError, systemCode } from '../errors.ts';

export interface KeyPair {
  /** PKCS #8 (RFC 8410); encrypted where a passphrase was given. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo (RFC 8410). */
  readonly publicKey: string;
}

/** Makes a new Ed25519 key pair as PEM texts; with a passphrase, the private key is encrypted (AES-256). */
export function generateKeyPair(passphrase?: string): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher }).toString(),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** The name of a public key: 32 hexadecimal digits. Finds a key; proves nothing. */
export function keyIdOf(publicKey: KeyObject | string): string {
  const key = typeof publicKey === 'string' ? readPublicKey(publicKey) : publicKey;
  const info = key.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(info).digest('hex').slice(0, 32);
}

/** Reads a private key. E_INPUT for anything but one Ed25519 key, and for a wrong or missing passphrase. */
export function readPrivateKey(pem: string, passphrase?: string): KeyObject {
  const label = labelOf(pem, 'a private key');
  if (!label.endsWith('PRIVATE KEY')) {
    throw unusable(
      `this is no private key but a ${label.toLowerCase()}`,
      'give the private key to sign with',
    );
  }
  try {
    return ed25519Only(
      createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) }),
    );
  } catch (cause) {
    throw passphraseProblem(cause, passphrase !== undefined) ?? damaged('private', cause);
  }
}

/** Reads a public key. E_USAGE for a private one, E_INPUT for anything else but one Ed25519 key. */
export function readPublicKey(pem: string): KeyObject {
  const label = labelOf(pem, 'a public key');
  if (label.endsWith('PRIVATE KEY')) {
    throw new PatchError('E_USAGE', 'this is a private key where a public one is expected', {
      help: 'give the public key, and keep the private one where only the signer can read it',
    });
  }
  if (label !== 'PUBLIC KEY') {
    throw unusable(
      `this is no public key but a ${label.toLowerCase()}`,
      'give it as SubjectPublicKeyInfo in PEM',
    );
  }
  try {
    return ed25519Only(createPublicKey({ key: pem, format: 'pem' }));
  } catch (cause) {
    throw cause instanceof PatchError ? cause : damaged('public', cause);
  }
}

/** What the PEM text says that it is. Of several keys in one text node:crypto would silently take the first. */
function labelOf(pem: string, expected: string): string {
  const labels = [...pem.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----/gm)].map((match) => match[1] ?? '');
  const [label] = labels;
  if (label === undefined)
    throw unusable(`this is not ${expected} in PEM`, 'a PEM text starts with -----BEGIN');
  if (labels.length > 1)
    throw unusable(`there are ${labels.length} keys in one text`, 'give each key by itself');
  return label;
}

function ed25519Only(key: KeyObject): KeyObject {
  const kind = key.asymmetricKeyType ?? 'unknown';
  if (kind === 'ed25519') return key;
  throw unusable(`this is a key of the kind ${kind}; only Ed25519 is supported`, 'make one with: vpa keygen');
}

function passphraseProblem(cause: unknown, given: boolean): PatchError | null {
  if (cause instanceof PatchError) return cause;
  const code = systemCode(cause);
  if (code === 'ERR_MISSING_PASSPHRASE' || code === 'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED') {
    return unusable('the private key is encrypted', 'give its passphrase (VPA_PASSPHRASE)', cause);
  }
  // OpenSSL tells a wrong passphrase from a damaged key by the padding only, so now and then it is something else.
  const likely = code === 'ERR_OSSL_BAD_DECRYPT' || code === 'ERR_OSSL_EVP_BAD_DECRYPT';
  return given && likely ? unusable('the passphrase is wrong', 'try again', cause) : null;
}

function damaged(kind: string, cause: unknown): PatchError {
  return unusable(
    `the ${kind} key cannot be read`,
    'check that the text is complete, and the passphrase right',
    cause,
  );
}

function unusable(message: string, help: string, cause?: unknown): PatchError {
  return new PatchError('E_INPUT', message, { help, ...(cause === undefined ? {} : { cause }) });
}
