/** The smallest pieces of .reg text: lines, blanks, comments and quoted strings. All in one pass, without regular expressions. */
import { PatchError } from '../../errors.ts';
import { overLimit } from '../limits.ts';

/** A place in the text that the reading functions move forward. */
export interface Cursor {
  readonly text: string;
  at: number;
}

export const code = {
  tab: 0x09,
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  semicolon: 0x3b,
  equals: 0x3d,
  at: 0x40,
  bracket: 0x5b,
  backslash: 0x5c,
} as const;

/** The number of the line that a place is in, from 1. A line ends with CR LF, LF or CR. */
export function lineOf(text: string, at: number): number {
  let line = 1;
  for (let index = 0; index < at; index++) {
    const unit = text.charCodeAt(index);
    if (unit === code.lineFeed) line++;
    if (unit === code.carriageReturn && text.charCodeAt(index + 1) !== code.lineFeed) line++;
  }
  return line;
}

/** Refuses the text (E_FORMAT) with the line and what should be there. */
export function failAt(text: string, at: number, expected: string): never {
  throw new PatchError('E_FORMAT', `line ${lineOf(text, at)}: expected ${expected}`, {
    help: 'correct the registry text (its syntax is in Microsoft KB 310516)',
  });
}

/** The end of the text counts as a line's end. */
export function atLineEnd({ text, at }: Cursor): boolean {
  if (at >= text.length) return true;
  const unit = text.charCodeAt(at);
  return unit === code.lineFeed || unit === code.carriageReturn;
}

export function skipBlanks(cursor: Cursor): void {
  const { text } = cursor;
  for (;;) {
    const unit = text.charCodeAt(cursor.at);
    if (unit !== code.space && unit !== code.tab) return;
    cursor.at++;
  }
}

/** Over CR LF, LF or CR; nowhere else. */
export function skipLineEnd(cursor: Cursor): void {
  const { text } = cursor;
  if (cursor.at >= text.length || !atLineEnd(cursor)) return;
  const wide = text.charCodeAt(cursor.at) === code.carriageReturn;
  cursor.at++;
  if (wide && text.charCodeAt(cursor.at) === code.lineFeed) cursor.at++;
}

/** To the line's end, not over it. */
export function skipToLineEnd(cursor: Cursor): void {
  while (!atLineEnd(cursor)) cursor.at++;
}

/** Blanks and a comment may follow a statement, as regedit has it; nothing else. */
export function endStatement(cursor: Cursor, expected = 'the end of the line'): void {
  skipBlanks(cursor);
  if (cursor.text.charCodeAt(cursor.at) === code.semicolon) skipToLineEnd(cursor);
  if (!atLineEnd(cursor)) failAt(cursor.text, cursor.at, expected);
}

// Regedit of Windows writes the first two; that of Wine also writes the others, where Windows leaves them raw.
const escapes = new Map([
  [code.backslash, '\\'],
  [code.quote, '"'],
  ['n'.charCodeAt(0), '\n'],
  ['r'.charCodeAt(0), '\r'],
  ['0'.charCodeAt(0), '\0'],
]);

/**
 * Reads a string from its opening to its closing quotation mark. It may run over lines, since regedit leaves CR LF in
 * strings as they are. E_LIMIT above `limit` UTF-16 code units; `what` is for that message.
 */
export function readQuoted(cursor: Cursor, limit: number, what: string): string {
  const { text } = cursor;
  const opening = cursor.at;
  let read = '';
  let from = ++cursor.at;
  for (; ; cursor.at++) {
    if (cursor.at >= text.length) failAt(text, opening, 'a closing quotation mark for the one in this line');
    const unit = text.charCodeAt(cursor.at);
    if (unit === code.quote || unit === code.backslash) {
      if (read.length + cursor.at - from > limit) break;
      read += text.slice(from, cursor.at);
      if (unit === code.quote) {
        cursor.at++;
        return read;
      }
      const escaped = escapes.get(text.charCodeAt(++cursor.at));
      if (escaped === undefined) failAt(text, cursor.at, 'a backslash or quotation mark behind a backslash');
      read += escaped;
      from = cursor.at + 1;
    }
    if (read.length + cursor.at - from > limit) break;
  }
  throw overLimit(`line ${lineOf(text, opening)}: ${what} is too long`, limit);
}
