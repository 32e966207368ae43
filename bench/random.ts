/** Bytes that look random and are the same on every machine. */
import { createCipheriv, createHash } from 'node:crypto';

/** Gives the next so many bytes of an endless sequence. */
export type RandomBytes = (length: number) => Buffer;

/** AES-128 in counter mode, keyed by the seed: faster than a disk, and nothing compresses or repeats. */
export function randomBytes(seed: string): RandomBytes {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  return (length) => cipher.update(Buffer.alloc(length));
}
