/**
 * Reads patch archives (FORMAT §2). The profile leaves a writer no freedom, so this reader needs no zip library: it
 * takes names, sizes and CRC-32s from the central directory, builds the headers that they prescribe, and compares.
 */
import { crc32 } from 'node:zlib';
import { readAll, sliceOf, tooLarge, type Bytes } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import {
  centralFields,
  centralHeader,
  centralHeaderSize,
  endRecord,
  endRecordSize,
  localFields,
  localHeader,
  localHeaderSize,
  maxArchiveSize,
  signatures,
  type Field,
  type PartHeader,
} from './archive-headers.ts';
import { inlineFrames } from './frames.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createPartOrder, indexPart, malformedArchive, manifestPart, parsePartName } from './part-names.ts';

export interface ArchivePart extends PartHeader {
  /** The content, of which nothing has been checked yet but its place. */
  readonly bytes: Bytes;
}

export interface Archive {
  /** In the order of FORMAT §2. */
  readonly parts: readonly ArchivePart[];
}

/** No part's name is longer (`signatures/…`). */
const maxNameLength = 64;
const signatureSize = 64;

/**
 * Reads the headers of an archive and checks every byte of them; contents are not read. E_FORMAT for anything that is
 * not exactly such an archive, E_LIMIT for a manifest or index above its limit.
 */
export async function openArchive(bytes: Bytes, limits: Limits = defaultLimits): Promise<Archive> {
  const { count, offset, size } = await readEnd(bytes);
  const headers = parseDirectory(await bytes.read(offset, size), count);
  const parts: ArchivePart[] = [];
  let at = 0;
  for (const header of headers) {
    const start = at + localHeaderSize + header.name.length;
    if (start + header.size > offset)
      throw malformedArchive(`${header.name} reaches behind the last part's end`);
    const actual = Buffer.from(await bytes.read(at, start - at));
    assertSame(actual, localHeader(header), localFields, `${header.name}, local header`);
    assertSize(header, limits);
    parts.push({ ...header, bytes: sliceOf(bytes, start, header.size) });
    at = start + header.size;
  }
  if (at !== offset)
    throw malformedArchive(`${offset - at} bytes stand between the last part and the directory`);
  return { parts };
}

/** The whole content of a part. E_LIMIT above `limit` bytes; E_DIGEST when it is not what its CRC-32 says. */
export async function readPart(part: ArchivePart, limit: number): Promise<Uint8Array> {
  const data = await readAll(part.bytes, limit, part.name);
  if (crc32(data) === part.crc32) return data;
  throw new PatchError('E_DIGEST', `${part.name} is damaged: its content does not have its CRC-32`, {
    entry: part.name,
    help: 'get the archive again',
  });
}

/** Random access to a part; whoever takes it whole gets it compared with its CRC-32, as by `readPart`. */
export function partBytes(part: ArchivePart): Bytes {
  return {
    size: part.size,
    read: (offset, length) =>
      offset === 0 && length === part.size ? readPart(part, part.size) : part.bytes.read(offset, length),
  };
}

interface End {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

/** Reads the end record, which without a comment is the last 22 bytes. */
async function readEnd(bytes: Bytes): Promise<End> {
  if (bytes.size < endRecordSize) throw await foreign(bytes);
  const actual = Buffer.from(await bytes.read(bytes.size - endRecordSize, endRecordSize));
  if (actual.readUInt32LE(0) !== signatures.end) throw await foreign(bytes); // 0 - signature
  const count = actual.readUInt16LE(10); //                                    10 - parts
  const size = actual.readUInt32LE(12); //                                     12 - size of the directory
  const offset = actual.readUInt32LE(16); //                                   16 - offset of the directory
  // Before its parts are looked at: another program's archive is best called by its name.
  await assertOurs(bytes);
  if (offset === 0xffffffff || size === 0xffffffff || count === 0xffff)
    throw malformedArchive('it is a zip64 archive');
  if (!actual.equals(endRecord(count, size, offset)))
    throw malformedArchive('its end record has other fields');
  if (offset + size + endRecordSize !== bytes.size) {
    throw malformedArchive('its directory does not end where its end record starts');
  }
  // So that the directory is not read, let alone allocated, at whatever size it claims.
  if (size > count * (centralHeaderSize + maxNameLength))
    throw malformedArchive('its directory is too large');
  return { count, size, offset };
}

function parseDirectory(data: Uint8Array, count: number): PartHeader[] {
  const directory = Buffer.from(data.buffer, data.byteOffset, data.length);
  const order = createPartOrder();
  const headers: PartHeader[] = [];
  let at = 0;
  let offset = 0;
  while (headers.length < count) {
    const fixed = directory.subarray(at, at + centralHeaderSize);
    if (fixed.length < centralHeaderSize) throw malformedArchive('its directory is cut off');
    const end = at + centralHeaderSize + fixed.readUInt16LE(28); // 28 - name length
    const actual = directory.subarray(at, end);
    const header: PartHeader = {
      crc32: fixed.readUInt32LE(16), //                             16 - CRC-32
      size: fixed.readUInt32LE(24), //                              24 - size
      name: actual.toString('latin1', centralHeaderSize), //        46 - name
    };
    const label = JSON.stringify(header.name);
    if ((fixed.readUInt16LE(8) & 1) !== 0) throw malformedArchive(`${label} is encrypted`); //    8 - flags
    if (fixed.readUInt16LE(10) !== 0) throw malformedArchive(`${label} is compressed by zip`); // 10 - method
    order.add(header.name);
    // Sizes that nothing has been held against yet add up here; a header has no room for more.
    if (offset > maxArchiveSize) throw malformedArchive(`${header.name} stands behind its end`);
    assertSame(actual, centralHeader(header, offset), centralFields, `${header.name}, central header`);
    headers.push(header);
    offset += localHeaderSize + header.name.length + header.size;
    at = end;
  }
  if (at !== directory.length) throw malformedArchive('its directory is longer than its parts need');
  order.end();
  return headers;
}

function assertSame(actual: Buffer, expected: Buffer, fields: readonly Field[], where: string): void {
  if (actual.equals(expected)) return;
  const field = fields.find(
    ([offset, size]) =>
      !actual.subarray(offset, offset + size).equals(expected.subarray(offset, offset + size)),
  );
  throw malformedArchive(`${where}: another ${field?.[2] ?? 'length'} than the format prescribes`);
}

/** Parts that a reader has to have in memory whole. */
function assertSize({ name, size }: PartHeader, limits: Limits): void {
  if (name === manifestPart && size > limits.manifest) throw tooLarge(name, size, limits.manifest);
  if (name === indexPart && size > limits.indexStored + inlineFrames)
    throw tooLarge(name, size, limits.indexStored);
  if (parsePartName(name)?.kind === 'signature' && size !== signatureSize) {
    throw malformedArchive(`${name} has ${size} bytes instead of ${signatureSize}`);
  }
}

/** Refuses what does not start like a patch archive. */
async function assertOurs(bytes: Bytes): Promise<void> {
  const head = Buffer.from(await bytes.read(0, Math.min(bytes.size, localHeaderSize + manifestPart.length)));
  const signature = head.length < 4 ? 0 : head.readUInt32LE(0);
  if (signature !== signatures.local && signature !== signatures.end)
    throw notOurs('the file is not a patch archive');
  if (head.toString('latin1', localHeaderSize) !== manifestPart) {
    const complete = bytes.size >= localHeaderSize + manifestPart.length || signature === signatures.end;
    throw notOurs(complete ? 'the file is a zip archive, but not a patch archive' : 'the file is cut off');
  }
}

/** The error for a file without an end record. */
async function foreign(bytes: Bytes): Promise<PatchError> {
  await assertOurs(bytes);
  return malformedArchive('it is cut off, or something stands behind its end');
}

function notOurs(message: string): PatchError {
  return new PatchError('E_FORMAT', message, { help: 'give the path of a whole .vpa file' });
}
