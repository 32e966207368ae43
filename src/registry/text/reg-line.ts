/** How one value is written in canonical .reg text (FORMAT §3.4). */
import { REG_BINARY, REG_DWORD, REG_SZ, type RegistryValue } from '../hive.ts';
import { stringOf } from '../utf16.ts';

/** The column behind which regedit folds a line of bytes. */
const foldColumn = 77;
export const lineEnd = '\r\n';

/** `"name"=data`, without the line's end. Folded lines have CR LF between them. */
export function valueLine(value: RegistryValue): string {
  const name = value.name === '' ? '@=' : `${quote(value.name)}=`;
  return name + dataText(value, name.length);
}

/** Only backslashes and quotation marks need an escape; all else stands as it is. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The right side alone; `column` is where it begins, and decides where it is folded. */
export function dataText({ type, data }: RegistryValue, column: number): string {
  if (type === 'delete-entry') return '-';
  if (type === REG_SZ) {
    const text = stringOf(data);
    // A line break in a string is legal, but does not survive text tools; bytes do.
    if (text !== null && !/[\r\n]/.test(text)) return quote(text);
  }
  if (type === REG_DWORD && data.length === 4) {
    const value = new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true);
    return `dword:${value.toString(16).padStart(8, '0')}`;
  }
  const prefix = type === REG_BINARY ? 'hex:' : `hex(${type.toString(16)}):`;
  return prefix + hexText(data, column + prefix.length);
}

/** Bytes from a column on; `mark` is what folded lines begin with. */
export function hexText(data: Uint8Array, start: number, mark = '  '): string {
  let text = '';
  let column = start;
  for (let from = 0; from < data.length;) {
    const fits = Math.max(1, Math.ceil((foldColumn - column) / 3));
    const to = Math.min(from + fits, data.length);
    text += bytesText(data, from, to);
    if (to < data.length) text += `,\\${lineEnd}${mark}`;
    column = mark.length;
    from = to;
  }
  return text;
}

const digits = Buffer.from('0123456789abcdef', 'latin1');
const comma = 0x2c;

/** One or more bytes, as two digits each, with commas between them. */
function bytesText(data: Uint8Array, from: number, to: number): string {
  const text = Buffer.allocUnsafe((to - from) * 3 - 1);
  for (let at = from, place = 0; at < to; at++) {
    const byte = data[at] ?? 0;
    if (place > 0) text[place++] = comma;
    text[place++] = digits[byte >>> 4] ?? 0;
    text[place++] = digits[byte & 15] ?? 0;
  }
  return text.toString('latin1');
}
