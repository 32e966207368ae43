/** Names of keys and values as a hive stores them: one byte a character where every one has a code below 256. */
import type { Cells } from './cells.ts';

export function isLatin1(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 0xff) return false;
  return true;
}

export interface StoredName {
  readonly text: string;
  /** In bytes. */
  readonly size: number;
  readonly compressed: boolean;
}

/** Windows does not call the empty name compressed. */
export function storedName(text: string): StoredName {
  const compressed = text !== '' && isLatin1(text);
  return { text, size: compressed ? text.length : text.length * 2, compressed };
}

export function putName(cells: Cells, name: StoredName): void {
  if (name.compressed) cells.latin1(name.text);
  else cells.utf16(name.text);
}

/** What a hash leaf says of a key, from its folded name. */
export function nameHash(folded: string): number {
  let hash = 0;
  for (let at = 0; at < folded.length; at++) hash = (Math.imul(hash, 37) + folded.charCodeAt(at)) | 0;
  return hash >>> 0;
}

/** What a fast leaf says of a key: four characters, or zero where one of them needs more than a byte. */
export function nameHint(name: string): number {
  const first = name.slice(0, 4);
  if (!isLatin1(first)) return 0;
  let hint = 0;
  for (let at = 0; at < first.length; at++) hint |= first.charCodeAt(at) << (at * 8);
  return hint >>> 0;
}
