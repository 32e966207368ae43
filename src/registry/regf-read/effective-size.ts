/** How many bytes of hive bins a broken hive has, when it does not say so itself. */
import type { Bytes } from '../../bytes.ts';
import { baseBlockSize, binHeaderSize, pageSize } from '../regf/format.ts';
import type { BaseBlock } from './base-block.ts';
import { binSizeAt } from './bins.ts';

/** Parts of a sector are not read. */
const sectorSize = 512;

/** What the base block says where that can be believed; otherwise as far as one hive bin follows the other. In bytes. */
export async function effectiveSize(hive: Bytes, base: BaseBlock): Promise<number> {
  const there = Math.floor((hive.size - baseBlockSize) / sectorSize) * sectorSize;
  const said = base.binsSize > 0 && base.binsSize % pageSize === 0;
  if (base.checksumIsRight && said) return Math.min(base.binsSize, there);
  let end = 0;
  while (end + binHeaderSize <= there) {
    const header = await hive.read(baseBlockSize + end, binHeaderSize);
    try {
      end += binSizeAt(Buffer.from(header), 0, end, there);
    } catch {
      break;
    }
  }
  return Math.max(end, said ? Math.min(base.binsSize, there) : 0);
}
