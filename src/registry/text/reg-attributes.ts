/**
 * A key's attributes in .reg text (FORMAT §3.4): comments right behind the key's line, so that regedit imports the text.
 * Every line of them begins with a semicolon, the folded ones too.
 */
import { type AttributeChanges, attributesOf } from '../attributes.ts';
import { equalData } from '../equal-data.ts';
import type { KeyAttributes, RegistryKey } from '../hive.ts';
import { overLimit, type RegistryLimits } from '../limits.ts';
import { hexText, lineEnd } from './reg-line.ts';
import { atLineEnd, code, type Cursor, lineOf, skipLineEnd } from './reg-scanner.ts';

const linkMark = ';#link';
const classMark = ';#class="';
const securityMark = ';#security=hex:';
const sameMark = ';#security=above';
const foldMark = ';  ';

/**
 * The lines of a key's attributes, each with its end; no line where it has none. `above` is the security descriptor of the
 * key above: most keys have the same, and a hive of many keys would be mostly descriptors.
 */
export function attributeLines(key: RegistryKey, above?: Uint8Array): string {
  if (key.attributes === undefined) return '';
  const { link, className, security } = attributesOf(key);
  let lines = link ? linkMark + lineEnd : '';
  if (className !== undefined) lines += `${classMark}${escapeLine(className)}"${lineEnd}`;
  if (security === undefined) return lines;
  if (above !== undefined && equalData(security, above)) return lines + sameMark + lineEnd;
  return `${lines}${securityMark}${hexText(security, securityMark.length, foldMark)}${lineEnd}`;
}

/** A comment ends where its line does: line breaks in a class need an escape, unlike those in a string. */
function escapeLine(text: string): string {
  return text.replace(/["\\]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
}

/**
 * Reads the attributes that stand in the lines behind a key's line, in the form and order in which they are written; the
 * cursor is at that line's end. What is not exactly so stays a comment. `above` gives the security descriptor of the key
 * above. E_LIMIT for what is too long.
 */
export function readAttributes(
  cursor: Cursor,
  limits: RegistryLimits,
  above: () => Uint8Array | undefined,
): KeyAttributes | null {
  let found: AttributeChanges = {};
  if (takeLine(cursor, linkMark, atLineEnd)) found = { ...found, link: true };
  let className = '';
  const isClass = (at: Cursor): boolean => {
    const text = readLineString(at);
    if (text === null) return false;
    if (text.length > limits.className) throw tooLong(at, "a key's class", limits.className);
    className = text;
    return text !== '';
  };
  if (takeLine(cursor, classMark, isClass)) found = { ...found, className };
  let security: Uint8Array | undefined;
  const isSecurity = (at: Cursor): boolean => {
    security = readFoldedBytes(at, limits.security) ?? undefined;
    return security !== undefined;
  };
  const isSame = (at: Cursor): boolean => {
    security = atLineEnd(at) ? above() : undefined;
    return security !== undefined;
  };
  if (takeLine(cursor, securityMark, isSecurity) || takeLine(cursor, sameMark, isSame)) {
    found = { ...found, ...(security && { security }) };
  }
  const { link, ...rest } = found;
  if (link === undefined && Object.keys(rest).length === 0) return null;
  return { ...rest, ...(link === true && { link }) };
}

/** Moves over the next line if it begins with the mark and the rest of it, up to its end, is understood. */
function takeLine(cursor: Cursor, mark: string, rest: (cursor: Cursor) => boolean): boolean {
  const { text } = cursor;
  const next: Cursor = { text, at: cursor.at };
  skipLineEnd(next);
  if (!text.startsWith(mark, next.at)) return false;
  next.at += mark.length;
  if (!rest(next) || !atLineEnd(next)) return false;
  cursor.at = next.at;
  return true;
}

const escapes = new Map([
  ['\\', '\\'],
  ['"', '"'],
  ['r', '\r'],
  ['n', '\n'],
]);

/** To the quotation mark that closes, over it; null where the line has none. */
function readLineString(cursor: Cursor): string | null {
  const { text } = cursor;
  let read = '';
  for (; !atLineEnd(cursor); cursor.at++) {
    const unit = text.charAt(cursor.at);
    if (unit === '"') {
      cursor.at++;
      return read;
    }
    const written = unit === '\\' ? escapes.get(text.charAt(++cursor.at)) : unit;
    if (written === undefined) return null;
    read += written;
  }
  return null;
}

/** One or more bytes of two digits with commas between them, folded behind commas; null for anything else. */
function readFoldedBytes(cursor: Cursor, limit: number): Uint8Array<ArrayBuffer> | null {
  const { text } = cursor;
  const digits: string[] = [];
  for (;;) {
    const byte = text.slice(cursor.at, cursor.at + 2);
    if (!/^[0-9a-f]{2}$/.test(byte)) return null;
    if (digits.length >= limit) throw tooLong(cursor, "a key's security descriptor", limit);
    digits.push(byte);
    cursor.at += 2;
    if (text.charCodeAt(cursor.at) !== code.comma) break;
    cursor.at++;
    if (text.charCodeAt(cursor.at) === code.backslash) {
      cursor.at++;
      if (!atLineEnd(cursor)) return null;
      skipLineEnd(cursor);
      if (!text.startsWith(foldMark, cursor.at)) return null;
      cursor.at += foldMark.length;
    }
  }
  return new Uint8Array(Buffer.from(digits.join(''), 'hex'));
}

function tooLong({ text, at }: Cursor, what: string, limit: number): Error {
  return overLimit(`line ${lineOf(text, at)}: ${what} is too long`, limit);
}
