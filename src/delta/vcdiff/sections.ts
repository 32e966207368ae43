/** The three sections of a window, decompressed where needed (RFC 3284 §4.3, §7). */
import { type Bytes, tooLarge } from '../../bytes.ts';
import { type XzSections, xzSections } from '../../compress/xz/sections.ts';
import { Cursor } from './cursor.ts';
import { malformed } from './malformed.ts';
import { type Memory } from './memory.ts';
import { type WindowHeader } from './window-header.ts';

export interface Sections {
  readonly data: Uint8Array;
  readonly instructions: Uint8Array;
  readonly addresses: Uint8Array;
}

/**
 * How large sections may become by decompression: a byte of data, two bytes of instructions (code and size) and an
 * address of five bytes for each byte of the target. No honest window needs so much.
 */
const perTargetByte = [1, 2, 5] as const;

/**
 * Gives a function that reads the sections of one window after the other: each kind of section is one stream of
 * LZMA over the whole file. The sections stay valid until the next call.
 */
export function sectionReader(
  delta: Bytes,
  secondary: boolean,
  memory: Memory,
): (window: WindowHeader) => Promise<Sections> {
  const make = (): XzSections => xzSections((bytes) => memory.keep(bytes, 'the LZMA dictionary of a delta'));
  const streams = [make(), make(), make()] as const;

  return async (window) => {
    if (window.compressed !== 0 && !secondary)
      throw malformed('a section is compressed, but the header names no way');
    const all = await delta.read(window.start, window.end - window.start);
    let offset = 0;
    const section = (index: 0 | 1 | 2, length: number): Uint8Array => {
      const raw = all.subarray(offset, offset + length);
      offset += length;
      if ((window.compressed & (1 << index)) === 0) return raw;
      const cursor = new Cursor(raw);
      const size = cursor.varint();
      const most = perTargetByte[index] * window.targetLength + 64;
      if (size > most) throw tooLarge('a compressed section of the delta', size, most);
      return streams[index].next(raw.subarray(cursor.position), size);
    };
    return {
      data: section(0, window.dataLength),
      instructions: section(1, window.instructionsLength),
      addresses: section(2, window.addressesLength),
    };
  };
}
