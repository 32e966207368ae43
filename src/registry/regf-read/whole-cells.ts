/** All hive bins in memory: every bin and every cell is checked before the first record is read. */
import { binHeaderSize, pageSize } from '../regf/format.ts';
import { beginsBin, binSizeAt } from './bins.ts';
import { type Cell, cellHeaderSize, type CellSource, checkCellSize, checkOffset, placeOf } from './cells.ts';
import { broken, type Problems } from './problem.ts';

// One byte for every 8 bytes of the hive: what begins there; 0 is nothing.
const allocated = 1;
const claimed = 2;
const free = 3;
/** Only in lenient reading: the cells of a broken bin, where a reference may still be right. */
const doubtful = 4;

/** Cells of `bins`, which are the bytes behind the base block. E_FORMAT for a bin or cell that is not whole. */
export function wholeCells(bins: Buffer, problems: Problems): CellSource {
  const starts = scanBins(bins, problems);

  const find = (offset: number, what: string, use: number): Cell => {
    const state = offset % 8 === 0 ? starts[offset / 8] : undefined;
    if (state !== allocated) return reject(offset, what, state, use);
    starts[offset / 8] = use;
    const size = -bins.readInt32LE(offset) - cellHeaderSize;
    return { bytes: bins, at: offset + cellHeaderSize, size, place: placeOf(offset + cellHeaderSize) };
  };

  const reject = (offset: number, what: string, state: number | undefined, use: number): Cell => {
    checkOffset(offset, bins.length, what);
    if (state === claimed)
      throw broken(placeOf(offset), `${what} is in a cell that something else uses already`);
    if (state === free) throw broken(placeOf(offset), `${what} is in a cell that is not allocated`);
    if (state !== doubtful) throw broken(placeOf(offset), `${what} does not begin where a cell begins`);
    const size = checkCellSize(offset, bins.readInt32LE(offset), bins.length, what) - cellHeaderSize;
    starts[offset / 8] = use;
    return { bytes: bins, at: offset + cellHeaderSize, size, place: placeOf(offset + cellHeaderSize) };
  };

  return {
    // A shared cell stays as it is, so that `allocated` means: nobody's alone.
    cell: (offset, what) => find(offset, what, allocated),
    claim: (offset, what) => find(offset, what, claimed),
    take: (cell, from, length) =>
      new Uint8Array(cell.bytes.buffer, cell.bytes.byteOffset + cell.at + from, length),
  };
}

function scanBins(bins: Buffer, problems: Problems): Uint8Array {
  const starts = new Uint8Array(Math.ceil(bins.length / 8));
  for (let offset = 0; offset < bins.length;) {
    let end = offset;
    try {
      end = offset + binSizeAt(bins, offset, offset, bins.length);
      offset = scanCells(bins, offset + binHeaderSize, end, starts);
    } catch (error) {
      problems.lost(error);
      const next = nextBin(bins, offset + pageSize);
      starts.fill(doubtful, offset / 8, next / 8);
      offset = next;
    }
  }
  return starts;
}

/** Cells fill a bin without gaps. Gives the end of the bin. */
function scanCells(bins: Buffer, first: number, end: number, starts: Uint8Array): number {
  let offset = first;
  while (offset < end) {
    const field = bins.readInt32LE(offset);
    const size = Math.abs(field);
    if (size < 8 || size % 8 !== 0)
      throw broken(placeOf(offset), `a cell of ${size} bytes: must be a multiple of 8, and not 0`);
    if (offset + size > end)
      throw broken(placeOf(offset), `a cell of ${size} bytes ends outside of its hive bin`);
    starts[offset / 8] = field < 0 ? allocated : free;
    offset += size;
  }
  return offset;
}

/** Where the next bin begins that looks whole; the end, when there is none. */
function nextBin(bins: Buffer, from: number): number {
  let offset = from;
  while (offset < bins.length && !beginsBin(bins, offset, offset)) offset += pageSize;
  return Math.min(offset, bins.length);
}
