/** The head of a VCDIFF file (RFC 3284 §4.1). */
import { type Bytes } from '../../bytes.ts';
import { Cursor } from './cursor.ts';
import { malformed, unsupported } from './malformed.ts';

const decompress = 0x01; // VCD_DECOMPRESS
const codeTable = 0x02; // VCD_CODETABLE
const appHeader = 0x04; // VCD_APPHEADER: not in the RFC, written by xdelta3
const lzma = 2;
const compressors = new Map([
  [1, 'DJW'],
  [16, 'FGK'],
]);

/** What a file without any extras begins with: "VCD" with high bits, version 0, no indicator. */
export const plainHeader: readonly number[] = [0xd6, 0xc3, 0xc4, 0x00, 0x00];

export interface Header {
  /** In bytes; the first window follows. */
  readonly length: number;
  /** Whether sections may be compressed with LZMA. */
  readonly secondary: boolean;
}

/** Reads it. E_FORMAT for what is no VCDIFF, and for what we do not decode. */
export async function readHeader(delta: Bytes): Promise<Header> {
  const cursor = new Cursor(await delta.read(0, Math.min(delta.size, 64)));
  if (cursor.byte() !== 0xd6) throw malformed('it does not begin with the magic bytes'); // 1 - Header1 'V'
  if (cursor.byte() !== 0xc3) throw malformed('it does not begin with the magic bytes'); // 1 - Header2 'C'
  if (cursor.byte() !== 0xc4) throw malformed('it does not begin with the magic bytes'); // 1 - Header3 'D'
  const version = cursor.byte(); // 1 - Header4, the version
  if (version !== 0) throw unsupported(`version ${version}`);
  const indicator = cursor.byte(); // 1 - Hdr_Indicator
  if ((indicator & ~(decompress | codeTable | appHeader)) !== 0) throw malformed('its indicator is unknown');

  const secondary = (indicator & decompress) !== 0;
  if (secondary) {
    const id = cursor.byte(); // [1 - Secondary compressor ID]
    if (id !== lzma) {
      const name = compressors.get(id) ?? `${id}`;
      throw unsupported(
        `the secondary compressor ${name}`,
        'make the delta again with LZMA or without (xdelta3 -S none)',
      );
    }
  }
  if ((indicator & codeTable) !== 0) throw unsupported('a code table of its own'); // [Code table data]
  const skipped = (indicator & appHeader) === 0 ? 0 : cursor.varint(); // [Application data, with its length]
  const length = cursor.position + skipped;
  if (length > delta.size) throw malformed('it ends too early');
  return { length, secondary };
}
