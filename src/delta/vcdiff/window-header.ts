/** The head of a window (RFC 3284 §4.2 and §4.3). */
import { type Bytes, tooLarge } from '../../bytes.ts';
import { Cursor } from './cursor.ts';
import { malformed } from './malformed.ts';

const source = 0x01; // VCD_SOURCE
const target = 0x02; // VCD_TARGET
const checksum = 0x04; // VCD_ADLER32: not in the RFC, written by xdelta3

/** No encoder that we know makes larger windows: xdelta3 allows 16 MiB. In bytes. */
export const largestWindow = 1 << 24;

/** More than the longest head: nine numbers of at most 9 bytes. */
const longestHead = 96;

export interface WindowHeader {
  /** Where the sections begin, in the delta, and where the window ends. */
  readonly start: number;
  readonly end: number;
  /** The segment that COPY instructions may read; where it lies, or null when the window has none. */
  readonly segment: {
    readonly from: 'source' | 'target';
    readonly position: number;
    readonly length: number;
  } | null;
  /** How many bytes the window gives. */
  readonly targetLength: number;
  /** Delta_Indicator: bit 0 data, bit 1 instructions, bit 2 addresses are compressed. */
  readonly compressed: number;
  readonly dataLength: number;
  readonly instructionsLength: number;
  readonly addressesLength: number;
  readonly adler32: number | undefined;
}

/**
 * Reads the head at `position`. E_FORMAT for anything wrong in itself or outside of the delta, E_LIMIT for a window
 * above `largestWindow`.
 */
export async function readWindowHeader(delta: Bytes, position: number): Promise<WindowHeader> {
  const cursor = new Cursor(await delta.read(position, Math.min(longestHead, delta.size - position)));
  const indicator = cursor.byte(); // 1 - Win_Indicator
  if ((indicator & ~(source | target | checksum)) !== 0)
    throw malformed('the indicator of a window is unknown');
  const from = indicator & (source | target);
  if (from === (source | target)) throw malformed('a window has two sources');
  const segmentLength = from === 0 ? 0 : cursor.varint(); // [Source segment size]
  const segmentPosition = from === 0 ? 0 : cursor.varint(); // [Source segment position]
  const length = cursor.varint(); // Length of the delta encoding
  const bodyStart = cursor.position;
  const targetLength = cursor.varint(); // Size of the target window
  const compressed = cursor.byte(); // 1 - Delta_Indicator
  if (compressed > 7) throw malformed('the indicator of a delta is unknown');
  const dataLength = cursor.varint(); // Length of data for ADDs and RUNs
  const instructionsLength = cursor.varint(); // Length of instructions and sizes
  const addressesLength = cursor.varint(); // Length of addresses for COPYs
  const adler32 = (indicator & checksum) === 0 ? undefined : cursor.uint32(); // [4 - Adler-32 of the target window]

  const sections = dataLength + instructionsLength + addressesLength;
  if (length !== cursor.position - bodyStart + sections) throw malformed('the lengths of a window disagree');
  const start = position + cursor.position;
  if (start + sections > delta.size) throw malformed('it ends too early');
  if (targetLength > largestWindow) throw tooLarge('a window of the delta', targetLength, largestWindow);
  return {
    start,
    end: start + sections,
    segment:
      from === 0
        ? null
        : { from: from === source ? 'source' : 'target', position: segmentPosition, length: segmentLength },
    targetLength,
    compressed,
    dataLength,
    instructionsLength,
    addressesLength,
    adler32,
  };
}
