/** Where the records of a hive are: cells inside hive bins. */
import { baseBlockSize, binHeaderSize, nowhere } from '../regf/format.ts';
import { broken } from './problem.ts';

/** The content of an allocated cell, without its size field. */
export interface Cell {
  readonly bytes: Buffer;
  /** Where the content begins in `bytes`. */
  readonly at: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Offset of the content in the file, for messages. */
  readonly place: number;
}

export interface CellSource {
  /** The cell at an offset of the hive. E_FORMAT when there is none; `what` names it in the message. */
  cell(offset: number, what: string): Cell;
  /** The same for a cell that has one owner only: where the whole hive is read, a second claim is E_FORMAT. */
  claim(offset: number, what: string): Cell;
  /** Bytes of a cell to keep. */
  take(cell: Cell, from: number, length: number): Uint8Array;
}

/** Bytes of a cell's size field. */
export const cellHeaderSize = 4;

export function placeOf(offset: number): number {
  return baseBlockSize + offset;
}

/** Checks that can be made without looking: E_FORMAT. */
export function checkOffset(offset: number, size: number, what: string): void {
  if (offset === nowhere) throw broken(placeOf(size), `${what} is missing`);
  if (offset % 8 !== 0) throw broken(placeOf(offset), `${what} does not begin at a multiple of 8`);
  if (offset < binHeaderSize || offset + 8 > size)
    throw broken(placeOf(offset), `${what} lies outside of the hive bins`);
}

/** Checks a cell's size field, which is negative for an allocated cell, against the end of its bin: E_FORMAT. */
export function checkCellSize(offset: number, field: number, end: number, what: string): number {
  if (field >= 0) throw broken(placeOf(offset), `${what} is in a cell that is not allocated`);
  if (field % 8 !== 0)
    throw broken(placeOf(offset), `${what} is in a cell of ${-field} bytes, no multiple of 8`);
  if (offset - field > end)
    throw broken(placeOf(offset), `${what} is in a cell that ends outside of its hive bin`);
  return -field;
}

/** The two letters that begin a record. */
export function signatureOf(cell: Cell): string {
  return cell.size < 2 ? '' : String.fromCharCode(cell.bytes[cell.at] ?? 0, cell.bytes[cell.at + 1] ?? 0);
}

/** Refuses a cell that is too small for a record's fields. E_FORMAT. */
export function needSize(cell: Cell, size: number, what: string): void {
  if (cell.size < size) throw broken(cell.place, `${what} needs ${size} bytes, its cell has ${cell.size}`);
}
