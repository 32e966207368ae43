/** The 4096 bytes in front of the hive bins. */
import { baseBlockSize, HIVE_LAYERED, layeredSince } from '../regf/format.ts';

const signature = 0x66676572; // 'regf'

export interface BaseBlock {
  readonly minor: number;
  readonly lastWrite: bigint;
  /** Offset of the root key's cell in the bins. */
  readonly root: number;
  /** Of all bins, in bytes. */
  readonly size: number;
}

export function baseBlock(block: BaseBlock): Uint8Array {
  const bytes = new Uint8Array(baseBlockSize);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true); //                     0 - Signature
  view.setUint32(4, 1, true); //                             4 - Primary sequence number
  view.setUint32(8, 1, true); //                             8 - Secondary sequence number: equal, so not dirty
  view.setBigUint64(12, block.lastWrite, true); //          12 - Last written timestamp
  view.setUint32(20, 1, true); //                           20 - Major version
  view.setUint32(24, block.minor, true); //                 24 - Minor version
  view.setUint32(28, 0, true); //                           28 - File type: primary
  view.setUint32(32, 1, true); //                           32 - File format: direct memory load
  view.setUint32(36, block.root, true); //                  36 - Root cell offset
  view.setUint32(40, block.size, true); //                  40 - Hive bins data size
  view.setUint32(44, 1, true); //                           44 - Clustering factor
  //                                                        48 - File name: for debugging only, so none
  //                                                       112 - RmId and LogId: no transactions
  view.setUint32(144, block.minor >= layeredSince ? HIVE_LAYERED : 0, true); // 144 - Flags
  //                                                       148 - TmId, signature, reorganized timestamp
  view.setUint32(508, checksum(view), true); //            508 - Checksum
  //                                                       512 - Reserved; boot type, boot recover
  return bytes;
}

/** XOR of the 127 words in front of it; neither 0 nor -1. */
function checksum(view: DataView): number {
  let sum = 0;
  for (let at = 0; at < 508; at += 4) sum ^= view.getUint32(at, true);
  if (sum === 0) return 1;
  return (sum === -1 ? -2 : sum) >>> 0;
}
