/** Zip files of any entries whatever, built from the headers of the format, each of which can be bent. */
import { crc32 } from 'node:zlib';
import { centralHeader, endRecord, localHeader } from '../../src/patch/archive-headers.ts';

export interface RawPart {
  readonly name: string;
  readonly data: Uint8Array;
  /** Bend the two headers; what they give may be longer than what they get. */
  readonly local?: (header: Buffer) => Buffer;
  readonly central?: (header: Buffer) => Buffer;
  /** What stands in the file in place of the data (the headers are those of `data`). */
  readonly stored?: Uint8Array;
  /** Bytes behind it that belong to nothing: a data descriptor, a gap. */
  readonly behind?: Uint8Array;
  /** Is listed, but does not stand in the file: its local header is that of the part with this number. */
  readonly standsAt?: number;
}

export function zipOf(parts: readonly RawPart[]): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  const starts: number[] = [];
  let offset = 0;
  for (const part of parts) {
    const header = { name: part.name, size: part.data.length, crc32: crc32(part.data) };
    const start = part.standsAt === undefined ? offset : (starts[part.standsAt] ?? 0);
    starts.push(start);
    const central = centralHeader(header, start);
    directory.push(part.central?.(central) ?? central);
    if (part.standsAt !== undefined) continue;
    const local = localHeader(header);
    const pieces = [part.local?.(local) ?? local, part.stored ?? part.data, part.behind ?? new Uint8Array()];
    body.push(...pieces.map((one) => Buffer.from(one)));
    offset += pieces.reduce((sum, one) => sum + one.length, 0);
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...body, central, endRecord(parts.length, central.length, offset)]);
}

/** The header with another number at a place. */
export const word =
  (at: number, value: number) =>
  (header: Buffer): Buffer => {
    const copy = Buffer.from(header);
    copy.writeUInt16LE(value, at);
    return copy;
  };
export const double =
  (at: number, value: number) =>
  (header: Buffer): Buffer => {
    const copy = Buffer.from(header);
    copy.writeUInt32LE(value, at);
    return copy;
  };
