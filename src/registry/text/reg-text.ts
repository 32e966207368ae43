/** From the bytes of a .reg file to its text and version. */
import { tooLarge } from '../../bytes.ts';
import { PatchError } from '../../errors.ts';
import { type AnsiDecoder, ansiDecoder } from './ansi.ts';
import { failAt } from './reg-scanner.ts';
import { fromUtf16 } from '../utf16.ts';

export const versionLine = 'Windows Registry Editor Version 5.00';
const ansiVersionLine = 'REGEDIT4';

export interface RegText {
  readonly text: string;
  /** Where the line behind the version begins. */
  readonly start: number;
  /** REGEDIT4 only: how to read the strings that it writes as hexadecimal bytes. Null: they are UTF-16LE. */
  readonly ansi: AnsiDecoder | null;
}

/**
 * Decodes a .reg file. Version 5: UTF-16LE or UTF-8, each with or without a byte-order mark. REGEDIT4: the code page,
 * unless a mark says otherwise. E_FORMAT for anything else, E_LIMIT above `limit` bytes.
 */
export function openRegText(data: Uint8Array, limit: number, codePage: string | undefined): RegText {
  if (data.length > limit) throw tooLarge('registry text', data.length, limit);
  const ansi = ansiDecoder(codePage);
  const text = decode(data, codePage === undefined ? null : ansi, ansi);
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const version = first.trimEnd();
  if (version !== versionLine && version !== ansiVersionLine) {
    failAt(text, 0, `"${versionLine}" or "${ansiVersionLine}"`);
  }
  return { text, start: first.length, ansi: version === ansiVersionLine ? ansi : null };
}

function decode(data: Uint8Array, asked: AnsiDecoder | null, ansi: AnsiDecoder): string {
  if (data[0] === 0xff && data[1] === 0xfe) return utf16(data.subarray(2));
  if (data[0] === 0xfe && data[1] === 0xff) throw unreadable('it is big-endian UTF-16');
  if (data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf) {
    return utf8(data.subarray(3)) ?? refuseUtf8();
  }
  if (data[0] !== 0 && data[1] === 0) return utf16(data);
  if (startsWith(data, ansiVersionLine)) {
    return ansi(data) ?? refuse('it has bytes that its code page does not know');
  }
  return utf8(data) ?? asked?.(data) ?? refuseUtf8();
}

function utf16(data: Uint8Array): string {
  if (data.length % 2 !== 0) throw unreadable('it is UTF-16 and ends within a character');
  return fromUtf16(data);
}

function utf8(data: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return null;
  }
}

function startsWith(data: Uint8Array, ascii: string): boolean {
  return Buffer.from(data.subarray(0, ascii.length)).toString('latin1') === ascii;
}

function refuseUtf8(): never {
  return refuse('it is neither UTF-16 nor valid UTF-8');
}

function refuse(why: string): never {
  throw unreadable(why);
}

function unreadable(why: string): PatchError {
  return new PatchError('E_FORMAT', `the registry text cannot be read: ${why}`, {
    help: 'save it as Unicode (UTF-16LE), or name its code page',
  });
}
