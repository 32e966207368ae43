/** The first 4096 bytes of a hive; its first 512 bytes also begin a transaction log. */
import { baseBlockSize, HIVE_LAYERED, pageSize } from '../regf/format.ts';
import { broken } from './problem.ts';

/** Bytes of the part that has a checksum, and that a log repeats. */
export const baseSectorSize = 512;

export interface BaseBlock {
  /** The two are equal unless somebody stopped in the middle of a write. */
  readonly primarySequence: number;
  readonly secondarySequence: number;
  /** FILETIME; newer Windows does not keep it. */
  readonly lastWritten: bigint;
  readonly major: number;
  readonly minor: number;
  /** 0: a hive. 1, 2: a log of the old format. 6: a log of the new format. */
  readonly fileType: number;
  readonly fileFormat: number;
  /** Like every offset inside a hive, from the end of the base block. */
  readonly rootOffset: number;
  /** Bytes of all hive bins. */
  readonly binsSize: number;
  /** Bytes of a log's sector divided by 512. */
  readonly clustering: number;
  /** The path that Windows last knew, or its end. */
  readonly fileName: string;
  readonly flags: number;
  readonly signed: boolean;
  readonly checksumIsRight: boolean;
}

/** Reads the fields; takes at least 512 bytes and believes nothing. */
export function parseBaseBlock(data: Buffer): BaseBlock {
  return {
    signed: data.toString('latin1', 0, 4) === 'regf', // 0 - Signature
    primarySequence: data.readUInt32LE(4), // 4 - Primary sequence number
    secondarySequence: data.readUInt32LE(8), // 8 - Secondary sequence number
    lastWritten: data.readBigUInt64LE(12), // 12 - Last written
    major: data.readUInt32LE(20), // 20 - Major version
    minor: data.readUInt32LE(24), // 24 - Minor version
    fileType: data.readUInt32LE(28), // 28 - File type
    fileFormat: data.readUInt32LE(32), // 32 - File format
    rootOffset: data.readUInt32LE(36), // 36 - Offset of the root key
    binsSize: data.readUInt32LE(40), // 40 - Size of the hive bins
    clustering: data.readUInt32LE(44), // 44 - Clustering factor
    fileName: data.toString('utf16le', 48, 112).replace(/\0.*$/su, ''), // 48 - File name
    // 112 - GUIDs of the transaction manager
    flags: data.readUInt32LE(144), // 144 - Flags
    // 148 - GUIDs and reserved
    checksumIsRight: data.readUInt32LE(508) === checksumOf(data), // 508 - Checksum
  };
}

/** The 32-bit words of the first 508 bytes by exclusive or; 0 and -1 are avoided. */
export function checksumOf(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= data.readInt32LE(at);
  if (sum === -1) return 0xfffffffe;
  return sum === 0 ? 1 : sum >>> 0;
}

/** What even a lenient reader wants: that it is a hive, of a version whose cells it understands. E_FORMAT. */
export function assertHive(block: BaseBlock): void {
  if (!block.signed)
    throw broken(0, "it does not begin with 'regf'", 'give a registry hive, or name the right form');
  if (block.fileType !== 0 && block.checksumIsRight)
    throw broken(
      28,
      `this is a transaction log (file type ${block.fileType})`,
      'give the hive, and this as its log',
    );
  if (block.major !== 1 || block.minor < 3 || block.minor > 6)
    throw broken(20, `version ${block.major}.${block.minor} is none of 1.3 to 1.6`, 'convert it on Windows');
}

/** The other rules of a base block that needs no recovery. E_FORMAT, a message of its own for each. */
export function checkBaseBlock(block: BaseBlock, fileSize: number): void {
  if (block.fileType !== 0) throw broken(28, `file type ${block.fileType} is not that of a hive`);
  if (block.fileFormat !== 1) throw broken(32, `file format ${block.fileFormat} is unknown`);
  if (block.binsSize === 0 || block.binsSize % pageSize !== 0)
    throw broken(40, `${block.binsSize} bytes of hive bins: must be a multiple of ${pageSize}, and not 0`);
  if (block.binsSize > fileSize - baseBlockSize)
    throw broken(
      fileSize,
      `the file is truncated: it says ${block.binsSize} bytes of hive bins and has ${fileSize - baseBlockSize}`,
    );
}

/** Whether somebody stopped in the middle of a write, so that logs are needed. */
export function isDirty(block: BaseBlock): boolean {
  return !block.signed || !block.checksumIsRight || block.primarySequence !== block.secondarySequence;
}

/** Whether key nodes have layer semantics (a differencing hive). Before version 1.6 the flag had another meaning. */
export function isLayered(block: BaseBlock): boolean {
  return block.minor >= 6 && (block.flags & HIVE_LAYERED) !== 0;
}
