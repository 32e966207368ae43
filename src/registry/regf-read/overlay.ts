/** A recovered hive: the pages of its logs over the bytes of the hive. */
import { assertRange, type Bytes } from '../../bytes.ts';
import { baseBlockSize } from '../regf/format.ts';
import { type DirtyPage, dirtyPageSize } from './log.ts';

/** `size` bytes; what neither the hive nor a page has is zero. */
export function overlaid(hive: Bytes, pages: readonly DirtyPage[], size: number): Bytes {
  const newest = new Map<number, Buffer>();
  for (const { offset, data } of pages) {
    for (let at = 0; at < data.length; at += dirtyPageSize)
      newest.set((baseBlockSize + offset + at) / dirtyPageSize, data.subarray(at, at + dirtyPageSize));
  }
  return {
    size,
    read: async (offset, length) => {
      assertRange(offset, length, size);
      const result = Buffer.alloc(length);
      const below = Math.min(length, Math.max(0, hive.size - offset));
      if (below > 0) result.set(await hive.read(offset, below));
      const first = Math.floor(offset / dirtyPageSize);
      for (let page = first; page * dirtyPageSize < offset + length; page++) {
        const data = newest.get(page);
        if (data === undefined) continue;
        const start = page * dirtyPageSize - offset;
        const skip = Math.max(0, -start);
        result.set(data.subarray(skip, Math.min(dirtyPageSize, length - start)), start + skip);
      }
      return result;
    },
  };
}
