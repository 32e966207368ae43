/** The right side of a value's line in Wine's registry files (wine, server/registry.c, `dump_value` and `load_value`). */
import {
  REG_BINARY,
  REG_DWORD,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_SZ,
  type RegistryValue,
  type ValueType,
} from '../hive.ts';
import { type Cursor, endStatement, failAt } from '../text/reg-scanner.ts';
import { type RegData, readData } from '../text/reg-value.ts';
import { fromUtf16, stringData } from '../utf16.ts';
import { escapeWine, readEscaped } from './escape.ts';

const strings: readonly [prefix: string, type: number][] = [
  ['"', REG_SZ],
  ['str:"', REG_SZ],
  ['str(2):"', REG_EXPAND_SZ],
  ['str(7):"', REG_MULTI_SZ],
];
/** Behind so many characters of a line of bytes the next one begins. */
const foldColumn = 76;

/** Reads the data and the rest of its line. The limit is in bytes. */
export function readWineData(cursor: Cursor, limit: number): RegData {
  const { text } = cursor;
  for (const [prefix, type] of strings) {
    if (!text.startsWith(prefix, cursor.at)) continue;
    cursor.at += prefix.length;
    const read = readEscaped(cursor, '"', Math.max(0, Math.floor(limit / 2) - 1), 'the string');
    endStatement(cursor);
    return { type, data: stringData(read) };
  }
  // Bytes and numbers are written as in .reg text; the delete entry that it has too is not known here.
  if (!/[hd]/.test(text.charAt(cursor.at))) {
    return failAt(
      text,
      cursor.at,
      'a string in quotation marks, str(2):, str(7):, dword:, hex: or hex(type):',
    );
  }
  return readData(cursor, null, limit);
}

/** `"name"=data`, without the line's end. Whoever calls has checked the name. */
export function wineValueLine({ name, type, data }: RegistryValue): string {
  const start = name === '' ? '@=' : `"${escapeWine(name, '""')}"=`;
  const prefix = stringPrefix(type);
  if (prefix !== null && isTerminated(data)) return `${start}${prefix}"${escapeWine(fromUtf16(data), '""')}"`;
  if (type === REG_DWORD && data.length === 4) {
    const number = new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true);
    return `${start}dword:${number.toString(16).padStart(8, '0')}`;
  }
  const head = start + (type === REG_BINARY ? 'hex:' : `hex(${type.toString(16)}):`);
  return head + hexText(data, head.length);
}

function stringPrefix(type: ValueType): string | null {
  if (type === REG_SZ) return '';
  if (type === REG_EXPAND_SZ || type === REG_MULTI_SZ) return `str(${type}):`;
  return null;
}

/** Whether it is whole code units with a NUL at the end: what the text leaves out is then known. */
function isTerminated(data: Uint8Array): boolean {
  return data.length >= 2 && data.length % 2 === 0 && data.at(-1) === 0 && data.at(-2) === 0;
}

function hexText(data: Uint8Array, start: number): string {
  const digits = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  let text = '';
  let column = start;
  for (let at = 0; at < digits.length; at += 2) {
    text += digits.slice(at, at + 2);
    column += 2;
    if (at + 2 === digits.length) break;
    text += ',';
    if (++column > foldColumn) {
      text += '\\\n  ';
      column = 2;
    }
  }
  return text;
}
