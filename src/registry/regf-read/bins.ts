/** Headers of hive bins. */
import { binHeaderSize, pageSize } from '../regf/format.ts';
import { placeOf } from './cells.ts';
import { broken } from './problem.ts';

const hbin = 0x6e696268;

/** The size of the bin whose header begins at `at` of the data, and at `offset` of the hive. E_FORMAT. */
export function binSizeAt(data: Buffer, at: number, offset: number, end: number): number {
  const signature = data.readUInt32LE(at); // 0 - Signature
  const own = data.readUInt32LE(at + 4); // 4 - Offset
  const size = data.readUInt32LE(at + 8); // 8 - Size
  // 12 - Reserved, 20 - Timestamp, 28 - Spare
  if (signature !== hbin) throw broken(placeOf(offset), "a hive bin does not begin with 'hbin'");
  if (own !== offset)
    throw broken(placeOf(offset + 4), `a hive bin says that it is at offset 0x${own.toString(16)}`);
  if (size === 0 || size % pageSize !== 0)
    throw broken(
      placeOf(offset + 8),
      `a hive bin of ${size} bytes: must be a multiple of ${pageSize}, and not 0`,
    );
  if (offset + size > end)
    throw broken(
      placeOf(offset + 8),
      `a hive bin of ${size} bytes ends outside of the hive bins' ${end} bytes`,
    );
  return size;
}

/** Whether a page looks like the first one of a bin. */
export function beginsBin(data: Buffer, at: number, offset: number): boolean {
  return (
    data.length - at >= binHeaderSize &&
    data.readUInt32LE(at) === hbin &&
    data.readUInt32LE(at + 4) === offset
  );
}
