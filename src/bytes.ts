/** Random access to bytes, so that a delta never forces a second copy of a file into memory; and digests of them. */
import { createHash, hash } from 'node:crypto';
import { PatchError } from './errors.ts';

export interface Bytes {
  /** In bytes. */
  readonly size: number;
  /**
   * Gives exactly `length` bytes from `offset`. Both must lie inside the size; otherwise, and where the source
   * became shorter meanwhile, it rejects with a PatchError. The caller may keep but must not change the result.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The same into memory of the caller's, as long as that is; spares a copy where there would be many. See `readInto`. */
  fill?(offset: number, into: Uint8Array): Promise<void>;
  /** Where the size still grows: waits until it is `end`, or what it is will not change. Rejects where no more will come because of an error. */
  until?(end: number): Promise<void>;
}

/** Fills `into` with bytes from `offset`. */
export async function readInto(bytes: Bytes, offset: number, into: Uint8Array): Promise<void> {
  if (bytes.fill) await bytes.fill(offset, into);
  else into.set(await bytes.read(offset, into.length));
}

/** SHA-256 in lower-case hexadecimal behind its name. */
export type Digest = `sha256:${string}`;

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * Whether two digests are of the same content, as far as can be told: the records of a patch have only the beginning of
 * theirs (FORMAT §5.2).
 */
export function sameDigest(a: Digest, b: Digest): boolean {
  return a.length <= b.length ? b.startsWith(a) : a.startsWith(b);
}

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && digestPattern.test(text);
}

/** Bytes that are in memory already. */
export function bytesOf(data: Uint8Array): Bytes {
  return {
    size: data.length,
    read: async (offset, length) => {
      assertRange(offset, length, data.length);
      return data.subarray(offset, offset + length);
    },
  };
}

/** A part of other bytes. */
export function sliceOf(bytes: Bytes, start: number, size: number): Bytes {
  assertRange(start, size, bytes.size);
  return {
    size,
    read: async (offset, length) => {
      assertRange(offset, length, size);
      return bytes.read(start + offset, length);
    },
  };
}

/** Bytes one behind the other. */
export function joinBytes(parts: readonly Bytes[]): Bytes {
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.size;
  }
  const fill = async (offset: number, into: Uint8Array): Promise<void> => {
    assertRange(offset, into.length, size);
    let at = lastAtMost(starts, offset);
    for (let done = 0; done < into.length; at++) {
      const part = parts[at];
      const from = offset + done - (starts[at] ?? 0);
      const taken = Math.min(into.length - done, (part?.size ?? 0) - from);
      if (part && taken > 0) await readInto(part, from, into.subarray(done, done + taken));
      done += Math.max(0, taken);
    }
  };
  return {
    size,
    read: async (offset, length) => {
      assertRange(offset, length, size);
      const at = lastAtMost(starts, offset);
      const first = parts[at];
      const inFirst = offset - (starts[at] ?? 0);
      if (first && inFirst + length <= first.size) return first.read(inFirst, length);
      const data = new Uint8Array(length);
      await fill(offset, data);
      return data;
    },
    fill,
  };
}

/** The last index whose value is not above `value`, in a list that ascends. */
export function lastAtMost(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** Refuses a range that does not lie inside `size` (E_FORMAT: whoever asked trusted a length it was given). */
export function assertRange(offset: number, length: number, size: number): void {
  const fits =
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= size;
  if (!fits) throw new PatchError('E_FORMAT', `range ${offset}+${length} lies outside of ${size} bytes`);
}

/** How much the streaming readers take at a time, in bytes. */
export const chunkSize = 1 << 20;

/** The bytes in order, in pieces of at most `size` bytes. */
export async function* chunksOf(bytes: Bytes, size = chunkSize): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.size; offset += size) {
    yield await bytes.read(offset, Math.min(size, bytes.size - offset));
  }
}

/** All bytes at once; refuses with E_LIMIT when there are more than `limit`. */
export async function readAll(bytes: Bytes, limit: number, what = 'content'): Promise<Uint8Array> {
  if (bytes.size > limit) throw tooLarge(what, bytes.size, limit);
  return bytes.read(0, bytes.size);
}

export function tooLarge(what: string, size: number, limit: number): PatchError {
  return new PatchError('E_LIMIT', `${what} is too large: ${size} bytes, the limit is ${limit}`, {
    help: 'raise the limit if you trust the source',
  });
}

export function digestOf(data: Uint8Array): Digest {
  return `sha256:${hash('sha256', data, 'hex')}`;
}

export interface Hasher {
  update(data: Uint8Array): void;
  digest(): Digest;
}

export function createHasher(): Hasher {
  const sha256 = createHash('sha256');
  return {
    update: (data) => void sha256.update(data),
    digest: () => `sha256:${sha256.digest('hex')}`,
  };
}
