/** A first walk over the heads of all windows, before anything is decoded. */
import { type Bytes } from '../../bytes.ts';
import { throwIfCancelled } from '../../errors.ts';
import { malformed } from './malformed.ts';
import { readWindowHeader } from './window-header.ts';

/** The part of the output that later windows read again, from `start` to `end`; empty when they are equal. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Checks that the windows give exactly `size` bytes and read only what exists, and finds the output that VCD_TARGET
 * windows need. E_FORMAT, E_LIMIT as readWindowHeader.
 */
export async function survey(
  delta: Bytes,
  from: number,
  referenceSize: number,
  size: number,
  signal: AbortSignal,
): Promise<Range> {
  let start = size;
  let end = 0;
  let made = 0;
  for (let position = from; position < delta.size;) {
    throwIfCancelled(signal);
    const window = await readWindowHeader(delta, position);
    const { segment } = window;
    if (segment !== null) {
      const last = segment.position + segment.length;
      if (last > (segment.from === 'source' ? referenceSize : made)) {
        throw malformed(`a window reads up to byte ${last} of its ${segment.from}, which is shorter`);
      }
      if (segment.from === 'target') {
        start = Math.min(start, segment.position);
        end = Math.max(end, last);
      }
    }
    made += window.targetLength;
    if (made > size) throw malformed(`it gives more than the ${size} bytes of the target`);
    position = window.end;
  }
  if (made < size) throw malformed(`it gives ${made} of the ${size} bytes of the target`);
  return start < end ? { start, end } : { start: 0, end: 0 };
}
