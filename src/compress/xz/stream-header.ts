/** The head of an .xz stream that holds one LZMA2 block (xz file format §2.1.1 and §3.1). */
import { PatchError } from '../../errors.ts';

const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const lzma2 = 0x21;

export interface XzHead {
  /** Where the first LZMA2 chunk begins, in bytes. */
  readonly length: number;
  /** The dictionary size in bytes. */
  readonly dictionary: number;
}

/** Reads both headers. E_FORMAT for anything but a block with the one filter LZMA2. */
export function readXzHead(data: Uint8Array): XzHead {
  if (data.length < 24) throw invalid('it is too short');
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  if (magic.some((byte, i) => data[i] !== byte)) throw invalid('the magic bytes are wrong'); // 6 - Magic
  if (view.getUint8(6) !== 0 || view.getUint8(7) > 15) throw invalid('the stream flags are unknown'); // 2 - Flags
  assertCrc(data.subarray(6, 8), view.getUint32(8, true)); // 4 - CRC32 of the flags

  const size = (view.getUint8(12) + 1) * 4; // 1 - Block header size / 4 - 1
  const end = 12 + size;
  if (size < 12 || end > data.length) throw invalid('the block header is too short');
  assertCrc(data.subarray(12, end - 4), view.getUint32(end - 4, true));
  // 1 - Block flags: no sizes, and one filter. A flushed stream cannot know its sizes.
  if (view.getUint8(13) !== 0) throw invalid('the block has sizes or several filters');
  // 1 - Filter id, 1 - size of its properties, 1 - properties: the dictionary size
  if (view.getUint8(14) !== lzma2 || view.getUint8(15) !== 1) throw invalid('the filter is not LZMA2');
  const bits = view.getUint8(16);
  if (bits > 40) throw invalid('the dictionary size is unknown');
  if (data.subarray(17, end - 4).some((byte) => byte !== 0)) throw invalid('the padding is not zero');
  // xz file format §5.3.1
  const dictionary = bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** (Math.floor(bits / 2) + 11);
  return { length: end, dictionary };
}

function assertCrc(data: Uint8Array, expected: number): void {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  if (~crc >>> 0 !== expected) throw invalid('a header checksum is wrong');
}

function invalid(why: string): PatchError {
  return new PatchError('E_FORMAT', `the xz stream cannot be read: ${why}`);
}
