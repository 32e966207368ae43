/** What a state is, whatever its identity says: its state digest (FORMAT §3.3). */
import { type Digest, createHasher, sameDigest } from '../bytes.ts';
import type { Meta } from './layer.ts';

const encoder = new TextEncoder();
/** Lines are hashed in batches of about this many characters: one call a line would cost more than the hashing. */
const batchSize = 1 << 16;

/** The state digest of entries that are in byte order of their names. */
export function stateDigest(entries: Iterable<{ readonly name: string; readonly meta: Meta }>): Digest {
  const hasher = createHasher();
  let batch = '';
  for (const { name, meta } of entries) {
    batch += `${inventoryLine(name, meta)}\n`;
    if (batch.length < batchSize) continue;
    hasher.update(encoder.encode(batch));
    batch = '';
  }
  hasher.update(encoder.encode(batch));
  return hasher.digest();
}

/**
 * What the state digest is of, for one entry; a line break follows. For strings and whole numbers, JSON.stringify of an array
 * writes what RFC 8785 prescribes.
 */
export function inventoryLine(name: string, meta: Meta): string {
  switch (meta.type) {
    case 'file':
    case 'hive':
      return JSON.stringify([name, meta.type, meta.size, meta.digest]);
    case 'link':
      return JSON.stringify([name, meta.type, meta.to]);
    case 'directory':
    case 'delete-entry':
      return JSON.stringify([name, meta.type]);
  }
}

/** The sum of the sizes of files and hives, in bytes. */
export function contentSize(entries: Iterable<{ readonly meta: Meta }>): number {
  let size = 0;
  for (const { meta } of entries) size += 'size' in meta ? meta.size : 0;
  return size;
}

/** Whether two entries have the same content: everything but the mode. Digests may be cut short (sameDigest). */
export function sameContent(a: Meta, b: Meta): boolean {
  if (a.type === 'file' || a.type === 'hive')
    return b.type === a.type && a.size === b.size && sameDigest(a.digest, b.digest);
  if (a.type === 'link') return b.type === 'link' && a.to === b.to;
  return a.type === b.type;
}

/** Whether two entries are the same; a mode that one side does not know is taken as equal. */
export function sameMeta(a: Meta, b: Meta): boolean {
  return sameContent(a, b) && sameMode(a, b);
}

function sameMode(a: Meta, b: Meta): boolean {
  const modeOf = (meta: Meta): number | undefined => ('mode' in meta ? meta.mode : undefined);
  const [x, y] = [modeOf(a), modeOf(b)];
  return x === undefined || y === undefined || x === y;
}
