/** The right side of a value's line in .reg text. */
import { REG_BINARY, REG_DWORD, REG_EXPAND_SZ, REG_MULTI_SZ, REG_SZ, type ValueType } from '../hive.ts';
import type { AnsiDecoder } from './ansi.ts';
import { overLimit } from '../limits.ts';
import {
  atLineEnd,
  code,
  type Cursor,
  endStatement,
  failAt,
  lineOf,
  readQuoted,
  skipBlanks,
  skipToLineEnd,
} from './reg-scanner.ts';
import { stringData, toUtf16 } from '../utf16.ts';

export interface RegData {
  readonly type: ValueType;
  readonly data: Uint8Array;
}

const noData = new Uint8Array(0);
const expected = 'a string in quotation marks, dword:, hex:, hex(type): or -';

/**
 * Reads `"text"`, `dword:`, `hex:`, `hex(type):` or `-`, and the rest of the line. The limit is in bytes. With `ansi`
 * (REGEDIT4), the bytes of hex(1), hex(2) and hex(7) are 8-bit text and become UTF-16LE, as when regedit imports them.
 */
export function readData(cursor: Cursor, ansi: AnsiDecoder | null, limit: number): RegData {
  const { text } = cursor;
  const first = text.charCodeAt(cursor.at);
  if (first === code.quote) {
    const read = readQuoted(cursor, Math.max(0, Math.floor(limit / 2) - 1), 'the string');
    endStatement(cursor);
    return { type: REG_SZ, data: stringData(read) };
  }
  if (first === code.minus) {
    cursor.at++;
    endStatement(cursor);
    return { type: 'delete-entry', data: noData };
  }
  if (take(cursor, 'dword:')) return { type: REG_DWORD, data: readDword(cursor) };
  const start = cursor.at;
  const type = readHexType(cursor);
  const data = readBytes(cursor, limit);
  const isText = type === REG_SZ || type === REG_EXPAND_SZ || type === REG_MULTI_SZ;
  if (ansi === null || !isText) return { type, data };
  const decoded = ansi(data);
  if (decoded === null) return failAt(text, start, 'bytes of the code page');
  return { type, data: toUtf16(decoded) };
}

function readHexType(cursor: Cursor): number {
  if (take(cursor, 'hex:')) return REG_BINARY;
  const start = cursor.at;
  if (!take(cursor, 'hex(')) return failAt(cursor.text, start, expected);
  const type = readNumber(cursor);
  if (!take(cursor, '):')) return failAt(cursor.text, cursor.at, '): behind the type');
  return type;
}

function readDword(cursor: Cursor): Uint8Array {
  skipBlanks(cursor);
  const value = readNumber(cursor);
  endStatement(cursor, 'at most 8 hexadecimal digits');
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

/** One to eight hexadecimal digits. */
function readNumber(cursor: Cursor): number {
  const start = cursor.at;
  let value = 0;
  for (; cursor.at < start + 8; cursor.at++) {
    const digit = digitOf(cursor.text.charCodeAt(cursor.at));
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  if (cursor.at === start) failAt(cursor.text, start, 'a hexadecimal number');
  return value;
}

/** Bytes behind commas, over folded lines; a comma at the very end is harmless (regedit takes it too). */
function readBytes(cursor: Cursor, limit: number): Uint8Array {
  const { text } = cursor;
  let bytes = new Uint8Array(32);
  let count = 0;
  for (;;) {
    skipFolds(cursor);
    if (atLineEnd(cursor) || text.charCodeAt(cursor.at) === code.semicolon) break;
    const first = digitOf(text.charCodeAt(cursor.at));
    if (first < 0) failAt(text, cursor.at, 'a byte of two hexadecimal digits');
    const second = digitOf(text.charCodeAt(++cursor.at));
    if (second >= 0) cursor.at++;
    if (count >= limit) throw overLimit(`line ${lineOf(text, cursor.at)}: the data is too long`, limit);
    if (count === bytes.length) bytes = grow(bytes);
    bytes[count++] = second < 0 ? first : first * 16 + second;
    skipBlanks(cursor);
    if (text.charCodeAt(cursor.at) !== code.comma) break;
    cursor.at++;
  }
  endStatement(cursor, 'a comma or the end of the line');
  return bytes.slice(0, count);
}

/** Over a backslash at the line's end, and over empty and comment lines behind it. */
function skipFolds(cursor: Cursor): void {
  const { text } = cursor;
  skipBlanks(cursor);
  while (text.charCodeAt(cursor.at) === code.backslash) {
    const fold = cursor.at++;
    endStatement(cursor, 'the end of the line behind a backslash');
    while (cursor.at < text.length && (atLineEnd(cursor) || text.charCodeAt(cursor.at) === code.semicolon)) {
      if (atLineEnd(cursor)) cursor.at++;
      else skipToLineEnd(cursor);
      skipBlanks(cursor);
    }
    if (cursor.at >= text.length) failAt(text, fold, 'another line behind the backslash');
  }
}

function take(cursor: Cursor, word: string): boolean {
  const end = cursor.at + word.length;
  if (cursor.text.slice(cursor.at, end).toLowerCase() !== word) return false;
  cursor.at = end;
  return true;
}

function digitOf(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function grow(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
