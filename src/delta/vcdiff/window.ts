/** Makes the bytes of one window. */
import { type Bytes } from '../../bytes.ts';
import { adler32 } from './adler32.ts';
import { copyForward } from './copy-within.ts';
import { Gather } from './gather.ts';
import { malformed } from './malformed.ts';
import { type Sections } from './sections.ts';
import { walk } from './walk.ts';

const nothing = (): void => undefined;

/**
 * Two walks over the instructions: the first checks them and collects the copies out of the segment, which depend
 * on nothing; the second does the others, which may depend on any byte before.
 */
export async function decodeWindow(
  sections: Sections,
  segment: Bytes,
  targetLength: number,
  checksum: number | undefined,
): Promise<Uint8Array> {
  const target = new Uint8Array(targetLength);
  const gather = new Gather(sections.addresses.length); // each COPY has an address of at least one byte
  walk(sections, segment.size, targetLength, {
    add: nothing,
    run: nothing,
    copy: (to, size, address) => {
      if (address < segment.size) gather.add(address, to, Math.min(size, segment.size - address));
    },
  });
  await gather.run(segment, target);
  walk(sections, segment.size, targetLength, {
    add: (to, size, data) => target.set(sections.data.subarray(data, data + size), to),
    run: (to, size, data) => target.fill(sections.data[data] ?? 0, to, to + size),
    copy: (to, size, address) => {
      const done = Math.min(size, Math.max(0, segment.size - address)); // by the first walk
      copyForward(target, address + done - segment.size, to + done, size - done);
    },
  });
  if (checksum !== undefined && checksum !== adler32(target)) {
    throw malformed('the checksum of a window is wrong, or it was made for another reference');
  }
  return target;
}
