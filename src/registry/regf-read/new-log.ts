/** Transaction logs of the new format (since Windows 8.1): entries in sequence, each with hashes. */
import { baseSectorSize } from './base-block.ts';
import { dirtyPageSize, type DirtyPage, type Log } from './log.ts';
import { marvin32 } from './marvin32.ts';

export interface LogEntry {
  readonly sequence: number;
  readonly binsSize: number;
  readonly pages: readonly DirtyPage[];
}

const headSize = 40;
const referenceSize = 8;

/** The entries from the log's own sequence number on, up to the first that is broken or does not follow. */
export function logEntries(log: Log): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  let sequence = log.block.primarySequence;
  for (let at = baseSectorSize; ; sequence = (sequence + 1) >>> 0) {
    const entry = parseEntry(log.data, at);
    if (entry === null || entry.sequence !== sequence) return entries;
    entries.push(entry);
    at += entry.size;
  }
}

function parseEntry(data: Buffer, at: number): (LogEntry & { readonly size: number }) | null {
  if (at + headSize > data.length || data.toString('latin1', at, at + 4) !== 'HvLE') return null; // 0 - Signature
  const size = data.readUInt32LE(at + 4); // 4 - Size
  // 8 - Flags
  const sequence = data.readUInt32LE(at + 12); // 12 - Sequence number
  const binsSize = data.readUInt32LE(at + 16); // 16 - Hive bins size
  const count = data.readUInt32LE(at + 20); // 20 - Dirty pages count
  // 24 - Hash 1: of what follows; 32 - Hash 2: of what precedes
  if (size < headSize || size % 512 !== 0 || at + size > data.length) return null;
  if (binsSize === 0 || binsSize % 4096 !== 0) return null;
  if (!hashIs(data, at + 24, at + headSize, size - headSize) || !hashIs(data, at + 32, at, 32)) return null;
  const pages = parsePages(data.subarray(at, at + size), count, binsSize);
  return pages === null ? null : { sequence, binsSize, pages, size };
}

function hashIs(data: Buffer, field: number, from: number, length: number): boolean {
  const { low, high } = marvin32(data, from, length);
  return data.readUInt32LE(field) === low && data.readUInt32LE(field + 4) === high;
}

function parsePages(entry: Buffer, count: number, binsSize: number): DirtyPage[] | null {
  let at = headSize + count * referenceSize;
  if (at > entry.length) return null;
  const pages: DirtyPage[] = [];
  for (let index = 0; index < count; index++) {
    const offset = entry.readUInt32LE(headSize + index * referenceSize); // 0 - Offset
    const size = entry.readUInt32LE(headSize + index * referenceSize + 4); // 4 - Size
    if (offset % dirtyPageSize !== 0 || size % dirtyPageSize !== 0 || offset + size > binsSize) return null;
    if (at + size > entry.length) return null;
    pages.push({ offset, data: entry.subarray(at, at + size) });
    at += size;
  }
  return pages;
}
