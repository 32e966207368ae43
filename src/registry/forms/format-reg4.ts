/** Writes REGEDIT4: .reg text for old programs, in an 8-bit code page. */
import { PatchError } from '../../errors.ts';
import { ansiEncoder, type AnsiEncoder } from '../text/ansi.ts';
import { formatReg } from '../text/format-reg.ts';
import {
  type HiveRoot,
  hiveRoots,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_SZ,
  type Registry,
  type RegistryKey,
  type RegistryValue,
} from '../hive.ts';
import { inOrder } from '../key.ts';
import { attributeLines } from '../text/reg-attributes.ts';
import { dataText, hexText, lineEnd, quote } from '../text/reg-line.ts';
import { rootPaths } from '../roots.ts';
import { fromUtf16, stringOf } from '../utf16.ts';

/**
 * The text of all hives, in the same order as that of version 5 (`formatReg`), with CR LF and no mark; `parseReg` with
 * the same code page gives the same registry. The code page is a name that TextDecoder knows. Bytes of hex(1), hex(2) and
 * hex(7) are 8-bit text here. E_NAME for a name and E_FORMAT for data that the code page has no characters for, and for
 * strings of an odd number of bytes; everything that `formatReg` refuses; E_USAGE for an unknown code page.
 */
export function formatReg4(registry: Registry, codePage = 'windows-1252'): Uint8Array {
  const encode = ansiEncoder(codePage);
  // Names, depth and size: what the one version cannot carry, the other cannot either.
  formatReg(registry);
  const pieces: Uint8Array[] = [Buffer.from(`REGEDIT4${lineEnd}${lineEnd}`)];
  for (const root of hiveRoots) {
    const key = registry.get(root);
    if (key !== undefined) writeKey(pieces, encode, root, key, rootPaths[root]);
  }
  const all = Buffer.concat(pieces);
  return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
}

function writeKey(
  pieces: Uint8Array[],
  encode: AnsiEncoder,
  root: HiveRoot,
  key: RegistryKey,
  path: string,
): void {
  const add = (text: string, code: 'E_NAME' | 'E_FORMAT', what: string): void => {
    const bytes = encode(text);
    if (bytes === null) throw refused(code, path, what);
    pieces.push(bytes);
  };
  const name = `the key's name`;
  if (key.kind !== 'key') add(`[-${path}]${lineEnd}${lineEnd}`, 'E_NAME', name);
  if (key.kind === 'delete-entry') return;
  add(`[${path}]${lineEnd}`, 'E_NAME', name);
  add(attributeLines(key), 'E_NAME', `the key's class`);
  for (const value of inOrder(key.values)) {
    const start = value.name === '' ? '@=' : `${quote(value.name)}=`;
    const shown = JSON.stringify(value.name.slice(0, 80));
    add(start, 'E_NAME', `the name of the value ${shown}`);
    const data = `the data of the value ${shown}`;
    const text = dataOf(value, start.length, encode);
    if (text === null) throw refused('E_FORMAT', path, data);
    add(text + lineEnd, 'E_FORMAT', data);
  }
  add(lineEnd, 'E_FORMAT', '');
  for (const child of inOrder(key.keys)) writeKey(pieces, encode, root, child, `${path}\\${child.name}`);
}

/** As in version 5, but for strings that stand there as bytes; null where the code page has no such characters. */
function dataOf(value: RegistryValue, column: number, encode: AnsiEncoder): string | null {
  const { type, data } = value;
  if (type !== REG_SZ && type !== REG_EXPAND_SZ && type !== REG_MULTI_SZ) return dataText(value, column);
  const text = type === REG_SZ ? stringOf(data) : null;
  if (text !== null && !/[\r\n]/.test(text)) return quote(text);
  const bytes = data.length % 2 === 0 ? encode(fromUtf16(data)) : null;
  const prefix = `hex(${type}):`;
  return bytes && prefix + hexText(bytes, column + prefix.length);
}

function refused(code: 'E_NAME' | 'E_FORMAT', path: string, what: string): PatchError {
  return new PatchError(code, `${path}: ${what} cannot be written in the code page of a REGEDIT4 file`, {
    entry: path,
    help: 'write version 5, which is Unicode, or name a code page that has these characters',
  });
}
