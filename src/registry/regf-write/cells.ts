/** Hive bins and the cells in them: finds a place for each cell, and writes into the one that was begun last. */
import { PatchError } from '../../errors.ts';
import { binHeaderSize, pageSize } from '../regf/format.ts';

/** Bit 31 of an offset means volatile storage, so no cell can begin beyond. */
const largestBins = 2 ** 31 - pageSize;
const signature = 0x6e696268; // 'hbin'

/** Gives the zeroed memory of the next hive bin. */
export type BinMemory = (size: number) => Uint8Array;

export interface Cells {
  /** False where only offsets are looked for, and nothing that is written will be kept. */
  readonly writing: boolean;
  /** Begins a cell that holds `size` bytes, into which the writes that follow go; gives its offset in the bins. */
  open(size: number): number;
  u16(value: number): void;
  u32(value: number): void;
  u64(value: bigint): void;
  /** One byte for each code unit; those above 0xff are not checked for. */
  latin1(text: string): void;
  utf16(text: string): void;
  bytes(data: Uint8Array): void;
  /** Makes what is left of the last bin a free cell; gives the size of all bins, in bytes. */
  finish(): number;
}

/**
 * Places are found front to back, and depend on the sizes alone: the same cells opened without memory and then with
 * memory have the same offsets. `time` is the FILETIME in the first bin's header. E_LIMIT above 2 GiB.
 */
export function createCells(memory: BinMemory | null, time: bigint): Cells {
  let bin: Uint8Array = new Uint8Array(0);
  let view = new DataView(bin.buffer, 0);
  /** Offsets in the hive: of the current bin, of its end, and of what is free in it. */
  let start = 0;
  let end = 0;
  let free = 0;
  /** Where to write, in the current bin. */
  let at = 0;

  function close(): void {
    if (memory !== null && free < end) view.setInt32(free - start, end - free, true); // positive: free
    start = end;
  }

  function begin(cell: number): void {
    close();
    const size = Math.ceil((binHeaderSize + cell) / pageSize) * pageSize;
    end = start + size;
    free = start + binHeaderSize;
    if (end > largestBins) {
      throw new PatchError('E_LIMIT', `the hive would be larger than ${largestBins} bytes`, {
        help: 'split it; Windows cannot load a hive of 2 GiB or more',
      });
    }
    if (memory === null) return;
    bin = memory(size);
    view = new DataView(bin.buffer, bin.byteOffset, bin.byteLength);
    view.setUint32(0, signature, true); //  0 - Signature
    view.setUint32(4, start, true); //      4 - Offset of this bin
    view.setUint32(8, size, true); //       8 - Size
    //                                     12 - Reserved
    if (start === 0) view.setBigUint64(20, time, true); // 20 - Timestamp, in the first bin only
    //                                     28 - Spare
  }

  return {
    writing: memory !== null,
    open: (size) => {
      const cell = (size + 4 + 7) & ~7;
      if (free + cell > end) begin(cell);
      const offset = free;
      free += cell;
      at = offset - start;
      if (memory !== null) view.setInt32(at, -cell, true); // negative: in use
      at += 4;
      return offset;
    },
    u16: (value) => {
      if (memory !== null) view.setUint16(at, value, true);
      at += 2;
    },
    u32: (value) => {
      if (memory !== null) view.setUint32(at, value, true);
      at += 4;
    },
    u64: (value) => {
      if (memory !== null) view.setBigUint64(at, value, true);
      at += 8;
    },
    latin1: (text) => {
      if (memory !== null) for (let i = 0; i < text.length; i++) bin[at + i] = text.charCodeAt(i);
      at += text.length;
    },
    utf16: (text) => {
      if (memory !== null) {
        for (let i = 0; i < text.length; i++) view.setUint16(at + i * 2, text.charCodeAt(i), true);
      }
      at += text.length * 2;
    },
    bytes: (data) => {
      if (memory !== null) copy(data, bin, at);
      at += data.length;
    },
    finish: () => {
      close();
      return end;
    },
  };
}

/** Most data are a few bytes, for which a call of `set` costs more than the copy. */
function copy(data: Uint8Array, target: Uint8Array, at: number): void {
  if (data.length > 64) target.set(data, at);
  else for (let i = 0; i < data.length; i++) target[at + i] = data[i] ?? 0;
}
