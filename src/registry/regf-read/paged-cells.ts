/**
 * Cells of a hive that stays where it is: blocks come into memory when a record in them is wanted. Records are parsed
 * by plain functions; one that meets a block that is not there stops, the block is loaded, and it starts again.
 */
import type { Bytes } from '../../bytes.ts';
import { overLimit, type RegistryLimits } from '../limits.ts';
import { baseBlockSize, pageSize } from '../regf/format.ts';
import { beginsBin, binSizeAt } from './bins.ts';
import { type Cell, cellHeaderSize, type CellSource, checkCellSize, checkOffset, placeOf } from './cells.ts';
import { broken, type Problems } from './problem.ts';

const blockSize = 64 * 1024;
/** How many blocks stay in memory after a parse: 16 MiB. One parse keeps as many as it needs. */
const mostBlocks = 256;

export interface PagedCells extends CellSource {
  /** Runs a function that reads cells, as often as it takes to have all their blocks. It must only read. */
  run<T>(parse: () => T): Promise<T>;
}

interface PagedOptions {
  readonly limits: RegistryLimits;
  readonly problems: Problems;
}

/** Thrown by a parse that needs blocks, and caught by `run` only. */
class MissingBlocks extends Error {
  readonly first: number;
  readonly last: number;

  constructor(first: number, last: number) {
    super('blocks are not loaded');
    this.first = first;
    this.last = last;
  }
}

/** Cells of the `size` bytes of hive bins in `hive`; a cell larger than `limits.size` bytes is E_LIMIT. */
export function pagedCells(hive: Bytes, size: number, { limits, problems }: PagedOptions): PagedCells {
  const blocks = new Map<number, Buffer>();
  /** For pages that were looked at: where the bin ends that they are in. */
  const binEnds = new Map<number, number>();

  const load = async (first: number, last: number): Promise<void> => {
    for (let block = first; block <= last; block++) {
      if (blocks.has(block)) continue;
      const start = block * blockSize;
      const data = await hive.read(baseBlockSize + start, Math.min(blockSize, size - start));
      blocks.set(block, Buffer.from(data.buffer, data.byteOffset, data.length));
    }
  };

  /** The bytes at an offset: a part of a block, or of several that are put together. */
  const view = (offset: number, length: number): { readonly bytes: Buffer; readonly at: number } => {
    const first = Math.floor(offset / blockSize);
    const last = Math.floor((offset + length - 1) / blockSize);
    const parts: Buffer[] = [];
    for (let block = first; block <= last; block++) {
      const part = blocks.get(block);
      if (part === undefined) throw new MissingBlocks(first, last);
      parts.push(part);
    }
    const at = offset - first * blockSize;
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return { bytes: only, at };
    return { bytes: Buffer.concat(parts).subarray(at, at + length), at: 0 };
  };

  const endOf = (header: Buffer, at: number, start: number): number => {
    try {
      return start + binSizeAt(header, at, start, size);
    } catch (error) {
      problems.lost(error);
      return size;
    }
  };

  /** Goes back to the header of the bin that a page is in, and remembers its end for all pages on the way. */
  const binEnd = (offset: number): number => {
    const pages: number[] = [];
    let page = Math.floor(offset / pageSize);
    let end = binEnds.get(page);
    while (end === undefined) {
      pages.push(page);
      const start = page * pageSize;
      const header = view(start, 32);
      if (page === 0 || beginsBin(header.bytes, header.at, start))
        end = endOf(header.bytes, header.at, start);
      else end = binEnds.get(--page);
    }
    for (const visited of pages) binEnds.set(visited, end);
    return end;
  };

  const cell = (offset: number, what: string): Cell => {
    checkOffset(offset, size, what);
    const end = binEnd(offset);
    if (offset >= end) throw broken(placeOf(offset), `${what} lies outside of the hive bin before it`);
    const header = view(offset, cellHeaderSize);
    const length = checkCellSize(offset, header.bytes.readInt32LE(header.at), end, what) - cellHeaderSize;
    if (length > limits.size)
      throw overLimit(`the cell at offset 0x${placeOf(offset).toString(16)}`, limits.size);
    const content = view(offset + cellHeaderSize, length);
    return { ...content, size: length, place: placeOf(offset + cellHeaderSize) };
  };

  return {
    cell,
    claim: cell,
    // A copy, so that a value of four bytes does not keep a whole block.
    take: (of, from, length) => new Uint8Array(of.bytes.subarray(of.at + from, of.at + from + length)),
    run: async (parse) => {
      for (const block of blocks.keys()) {
        if (blocks.size <= mostBlocks) break;
        blocks.delete(block);
      }
      for (;;) {
        try {
          return parse();
        } catch (error) {
          if (!(error instanceof MissingBlocks)) throw error;
          await load(error.first, error.last);
        }
      }
    },
  };
}
