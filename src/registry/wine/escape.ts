/** How Wine writes text in ASCII (wine, server/unicode.c, `dump_strW` and `parse_strW`). */
import { overLimit } from '../limits.ts';
import { type Cursor, failAt, lineOf } from '../text/reg-scanner.ts';

const letters = new Map([
  [7, 'a'],
  [8, 'b'],
  [9, 't'],
  [10, 'n'],
  [11, 'v'],
  [12, 'f'],
  [13, 'r'],
  [27, 'e'],
]);
const unitsOfLetters = new Map([...letters].map(([unit, letter]) => [letter.charCodeAt(0), unit]));
const backslash = 0x5c;
const lineFeed = 0x0a;

/** Characters of which each would end the text; the backslash always has an escape. */
export type Delimiters = '[]' | '""';

/**
 * The text in ASCII. A NUL at its very end is left out, since strings end in one: who writes a name has to refuse such
 * a name. Above 127 `\x` and hexadecimal digits, four of them where the next character is one too; other control
 * characters in octal, three digits where the next character is one.
 */
export function escapeWine(text: string, delimiters: Delimiters): string {
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 32 && unit <= 127 && unit !== backslash && !delimiters.includes(text.charAt(at))) continue;
    result += text.slice(from, at) + escapeUnit(unit, text.charCodeAt(at + 1), at + 1 === text.length);
    from = at + 1;
  }
  return result + text.slice(from);
}

/** `next` is NaN behind the last one. */
function escapeUnit(unit: number, next: number, last: boolean): string {
  if (unit > 127) {
    const digits = unit.toString(16);
    return `\\x${next < 128 && hexDigit(next) >= 0 ? digits.padStart(4, '0') : digits}`;
  }
  if (unit >= 32) return `\\${String.fromCharCode(unit)}`;
  if (unit === 0 && last) return '';
  const letter = letters.get(unit);
  if (letter !== undefined) return `\\${letter}`;
  const digits = unit.toString(8);
  return `\\${next >= 0x30 && next <= 0x37 ? digits.padStart(3, '0') : digits}`;
}

/**
 * Reads text to its closing character, which must be in the same line, and goes behind it. Characters above 127 stand
 * for themselves (Wine reads them as Latin-1, but never writes them). E_FORMAT where the line ends first, E_LIMIT above
 * `limit` UTF-16 code units; `what` is for the messages.
 */
export function readEscaped(cursor: Cursor, closing: '"' | ']', limit: number, what: string): string {
  const { text } = cursor;
  const end = closing.charCodeAt(0);
  const opening = cursor.at;
  let read = '';
  let from = cursor.at;
  for (;;) {
    const unit = text.charCodeAt(cursor.at);
    if (unit === end || unit === backslash || unit === lineFeed || Number.isNaN(unit)) {
      if (read.length + cursor.at - from > limit) {
        throw overLimit(`line ${lineOf(text, opening)}: ${what} is too long`, limit);
      }
      read += text.slice(from, cursor.at);
      if (unit !== end && unit !== backslash) failAt(text, opening, `a closing ${closing} of ${what}`);
      cursor.at++;
      if (unit === end) return read;
      read += readEscape(cursor, opening, what);
      from = cursor.at;
    } else cursor.at++;
  }
}

/** What stands behind a backslash. Wine takes every other character behind one for itself. */
function readEscape(cursor: Cursor, opening: number, what: string): string {
  const { text } = cursor;
  const unit = text.charCodeAt(cursor.at);
  if (Number.isNaN(unit) || unit === lineFeed) failAt(text, opening, `the end of ${what} in its line`);
  const letter = unitsOfLetters.get(unit);
  if (letter !== undefined) {
    cursor.at++;
    return String.fromCharCode(letter);
  }
  if (unit === 0x78) {
    cursor.at++;
    return hexDigit(text.charCodeAt(cursor.at)) < 0 ? 'x' : readDigits(cursor, 16, 4);
  }
  if (unit >= 0x30 && unit <= 0x37) return readDigits(cursor, 8, 3);
  cursor.at++;
  return String.fromCharCode(unit);
}

/** The character of a number that has at least one digit and at most `most`, as many of them as there are. */
function readDigits(cursor: Cursor, base: 8 | 16, most: number): string {
  let value = 0;
  for (let count = 0; count < most; count++) {
    const digit = hexDigit(cursor.text.charCodeAt(cursor.at));
    if (digit < 0 || digit >= base) break;
    value = value * base + digit;
    cursor.at++;
  }
  return String.fromCharCode(value);
}

/** The value of a hexadecimal digit, or -1. */
export function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
