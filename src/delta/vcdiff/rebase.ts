/** Moves a delta that was made against a part of a file to where that part lies. */
import { Cursor } from './cursor.ts';
import { plainHeader } from './header.ts';
import { malformed } from './malformed.ts';
import { varint } from './varint.ts';

/**
 * Takes a VCDIFF file with one window, drops its header and adds `offset` to the position of its source segment.
 * E_FORMAT where it is something else.
 */
export function rebaseWindow(delta: Uint8Array, offset: number): Uint8Array {
  const cursor = new Cursor(delta);
  for (const byte of plainHeader) {
    if (cursor.byte() !== byte) throw malformed('its header has extras');
  }
  const indicator = cursor.byte(); // 1 - Win_Indicator
  if (indicator === 0) return delta.slice(plainHeader.length);
  if (indicator !== 1) throw malformed('its window is not a plain one'); // VCD_SOURCE
  const length = cursor.varint(); // Source segment size
  const position = cursor.varint(); // Source segment position
  return Buffer.concat([
    Uint8Array.from([indicator, ...varint(length), ...varint(position + offset)]),
    delta.subarray(cursor.position),
  ]);
}
