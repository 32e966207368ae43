/** What transaction logs of both formats have in common. */
import { type BaseBlock, baseSectorSize, parseBaseBlock } from './base-block.ts';

/** A part of the hive bins that a log has newer. */
export interface DirtyPage {
  /** In the hive bins; both multiples of 512. */
  readonly offset: number;
  readonly data: Buffer;
}

/** Recovery works on pages of this size, whatever the size of a bin. */
export const dirtyPageSize = 512;

export interface Log {
  /** Its place in the list of logs that the caller gave, for messages. */
  readonly number: number;
  readonly data: Buffer;
  readonly block: BaseBlock;
}

/** The log, or why it is none. */
export function parseLog(data: Buffer, number: number): Log | string {
  if (data.length === 0) return `log ${number} is empty`;
  if (data.length < baseSectorSize) return `log ${number} is too short`;
  const block = parseBaseBlock(data);
  if (!block.signed) return `log ${number} does not begin with 'regf'`;
  if (!block.checksumIsRight) return `log ${number} has a wrong checksum`;
  if (![1, 2, 6].includes(block.fileType))
    return `log ${number} has file type ${block.fileType}: not that of a log`;
  if (block.binsSize === 0 || block.binsSize % 4096 !== 0)
    return `log ${number} says ${block.binsSize} bytes of hive bins: must be a multiple of 4096, and not 0`;
  if (block.fileType !== 6 && block.primarySequence !== block.secondarySequence)
    return `log ${number} was not written to its end`;
  return { number, data, block };
}
