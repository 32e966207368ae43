/** Reads Wine's registry files. Unlike Wine, which skips what it does not understand, this refuses it with the line. */
import { tooLarge } from '../../bytes.ts';
import type { RegistryValue } from '../hive.ts';
import { overLimit, type RegistryLimits, registryLimits } from '../limits.ts';
import { type Cursor, endStatement, failAt, lineOf, skipBlanks } from '../text/reg-scanner.ts';
import { readEscaped } from './escape.ts';
import { readWineData } from './wine-value.ts';
import { type WineRegistry, type WineSection, wineVersionLine } from './wine-registry.ts';

/** A section that still takes lines. */
type Growing = { -readonly [Field in keyof WineSection]: WineSection[Field] } & {
  readonly values: RegistryValue[];
  readonly extra: string[];
};

const relative = ';; All keys relative to ';

/**
 * Reads such a file; what Wine wrote comes back byte for byte with `formatWine`. E_FORMAT with the line, E_LIMIT.
 * Linear in the file's size.
 */
export function parseWine(data: Uint8Array, options: Partial<RegistryLimits> = {}): WineRegistry {
  const limits = { ...registryLimits, ...options };
  if (data.length > limits.size) throw tooLarge('registry text', data.length, limits.size);
  // The files are ASCII; where they are not, Wine takes each byte for a character, and so do we.
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  const cursor: Cursor = { text, at: 0 };
  if (takeLine(cursor) !== wineVersionLine) failAt(text, 0, `"${wineVersionLine}"`);
  const header: string[] = [];
  while (cursor.at < text.length && !/^[ \t]*\[/.test(text.slice(cursor.at, cursor.at + 80))) {
    header.push(headerLine(cursor));
  }
  const sections = readSections(cursor, limits);
  // The empty line before a key is the key's.
  if (sections.length > 0 && header.at(-1) === '') header.pop();
  return { ...describe(header), header, sections };
}

function headerLine(cursor: Cursor): string {
  const start = cursor.at;
  const line = takeLine(cursor);
  if (!/^[ \t]*(?:[;#].*)?$/.test(line)) failAt(cursor.text, start, 'a key in brackets, a # or a comment');
  return line;
}

/** What the header says that concerns us; the first of each counts, as the others are comments. */
function describe(header: readonly string[]): Pick<WineRegistry, 'relativeTo' | 'arch'> {
  const place = header.find((line) => line.startsWith(relative));
  const arch = header.find((line) => line.startsWith('#arch='))?.slice(6);
  return {
    relativeTo: place?.slice(relative.length).replaceAll('\\\\', '\\') ?? null,
    arch: arch === 'win32' || arch === 'win64' ? arch : null,
  };
}

function readSections(cursor: Cursor, limits: RegistryLimits): WineSection[] {
  const { text } = cursor;
  const sections: WineSection[] = [];
  let section: Growing | null = null;
  let values = 0;
  for (;;) {
    skipBlanks(cursor);
    if (cursor.at >= text.length) return sections;
    const first = text.charAt(cursor.at);
    if (first === '\n' || first === '\r') cursor.at++;
    else if (first === '[') {
      if (sections.length >= limits.keys) throw overLimit('too many keys', limits.keys);
      section = readHead(cursor, limits);
      sections.push(section);
    } else if (section === null) failAt(text, cursor.at, 'a key in brackets');
    else if (first === '#' || first === ';') readOption(cursor, section, limits);
    else if (first === '"' || first === '@') {
      if (++values > limits.values) throw overLimit('too many values', limits.values);
      section.values.push(readValue(cursor, limits));
    } else failAt(text, cursor.at, 'a key in brackets, a value, a # or a comment');
  }
}

/** `[path] seconds`. */
function readHead(cursor: Cursor, limits: RegistryLimits): Growing {
  const { text, at: start } = cursor;
  cursor.at++;
  const longest = (limits.depth + 1) * (limits.keyName + 1);
  const path = readEscaped(cursor, ']', longest, "the key's path");
  const names = path === '' ? [] : path.split('\\');
  if (names.length > limits.depth) {
    throw overLimit(`line ${lineOf(text, start)}: the key is nested too deep`, limits.depth);
  }
  for (const name of names) {
    if (name === '') failAt(text, start, 'a name between two backslashes');
    if (name.length > limits.keyName) {
      throw overLimit(`line ${lineOf(text, start)}: a key's name is too long`, limits.keyName);
    }
  }
  skipBlanks(cursor);
  const rest = cursor.at;
  const digits = takeLine(cursor).trimEnd();
  if (!/^\d{0,10}$/.test(digits) || Number(digits) > 0xffffffff)
    failAt(text, rest, 'the seconds since 1970, of 32 bits');
  const seconds = digits === '' ? null : Number(digits);
  return { path: names, seconds, time: null, className: null, link: false, extra: [], values: [] };
}

/** `#time=`, `#class=`, `#link`, or something that we keep as it is. */
function readOption(cursor: Cursor, section: Growing, limits: RegistryLimits): void {
  const { text, at: start } = cursor;
  if (text.startsWith('#class="', start)) {
    cursor.at += 8;
    section.className = readEscaped(cursor, '"', limits.valueName, "the key's class");
    endStatement(cursor);
    return;
  }
  const line = takeLine(cursor).trimEnd();
  if (line.startsWith('#time=')) {
    const digits = line.slice(6);
    if (!/^[0-9a-fA-F]{1,16}$/.test(digits)) failAt(text, start + 6, 'a FILETIME in hexadecimal digits');
    section.time = BigInt(`0x${digits}`);
  } else if (line === '#link') section.link = true;
  else section.extra.push(line);
}

function readValue(cursor: Cursor, limits: RegistryLimits): RegistryValue {
  const { text } = cursor;
  let name = '';
  const isDefault = text.charAt(cursor.at) === '@';
  cursor.at++;
  if (!isDefault) name = readEscaped(cursor, '"', limits.valueName, "the value's name");
  skipBlanks(cursor);
  if (text.charAt(cursor.at) !== '=') failAt(text, cursor.at, '= behind the name');
  cursor.at++;
  skipBlanks(cursor);
  return { name, ...readWineData(cursor, limits.valueData) };
}

/** The rest of the line, without its end; the cursor is then in the next one. */
function takeLine(cursor: Cursor): string {
  const { text, at } = cursor;
  const found = text.indexOf('\n', at);
  const end = found < 0 ? text.length : found;
  cursor.at = Math.min(end + 1, text.length);
  return text.slice(at, text.charAt(end - 1) === '\r' && end > at ? end - 1 : end);
}
