/** Names of keys and values: stored in one byte for each character (Latin-1), or in UTF-16LE. */
import { foldName } from '../hive.ts';
import { overLimit } from '../limits.ts';
import type { Cell } from './cells.ts';
import { broken } from './problem.ts';

export interface Name {
  readonly text: string;
  readonly folded: string;
}

/** Reads names. A hive repeats few names very often, so the short ones are decoded and folded once. */
export interface NameReader {
  /** The name at `from` of a cell that was checked to hold `length` bytes there. E_FORMAT, E_LIMIT. */
  read(cell: Cell, from: number, length: number, compressed: boolean, what: string, limit: number): Name;
}

/** Each slot keeps the last name that fell into it: bounded, and no list is ever searched. */
const slotCount = 1 << 14;
const longestKept = 64;

export function createNames(): NameReader {
  const slots: (Name | undefined)[] = new Array<Name | undefined>(slotCount).fill(undefined);

  const compressedName = (bytes: Buffer, at: number, length: number): Name => {
    if (length > longestKept) return nameOf(bytes.toString('latin1', at, at + length));
    let hash = length;
    for (let index = at; index < at + length; index++) hash = (Math.imul(hash, 31) + (bytes[index] ?? 0)) | 0;
    const slot = (hash ^ (hash >>> 14)) & (slotCount - 1);
    const kept = slots[slot];
    if (kept !== undefined && isText(kept.text, bytes, at, length)) return kept;
    return (slots[slot] = nameOf(bytes.toString('latin1', at, at + length)));
  };

  return {
    read: (cell, from, length, compressed, what, limit) => {
      const units = compressed ? length : length / 2;
      if (units > limit)
        throw overLimit(`${what} at offset 0x${cell.place.toString(16)}: ${units} characters`, limit);
      const at = cell.at + from;
      if (compressed) return compressedName(cell.bytes, at, length);
      if (length % 2 !== 0)
        throw broken(cell.place + from, `${what} has ${length} bytes: UTF-16 needs an even number`);
      return nameOf(cell.bytes.toString('utf16le', at, at + length));
    },
  };
}

function nameOf(text: string): Name {
  return { text, folded: foldName(text) };
}

function isText(text: string, bytes: Buffer, at: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}
