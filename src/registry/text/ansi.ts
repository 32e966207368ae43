/** The 8-bit text of REGEDIT4 files. */
import { PatchError } from '../../errors.ts';

/** Bytes as text; null where the code page has no such bytes. */
export type AnsiDecoder = (data: Uint8Array) => string | null;

// 0x80 to 0x9f; the five that the code page leaves free are control characters, as in Windows (WHATWG Encoding).
const upper =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/**
 * The decoder of a code page by the name that TextDecoder knows ("windows-1251", "shift_jis" …); E_USAGE for a name
 * that it does not know. Windows-1252 is the default.
 */
export function ansiDecoder(codePage = 'windows-1252'): AnsiDecoder {
  // Some releases of Node decode this one as Latin-1 (nodejs/node#56542), hence the table.
  if (codePage.toLowerCase() === 'windows-1252') return decodeWestern;
  const decoder = textDecoder(codePage);
  return (data) => {
    try {
      return decoder.decode(data);
    } catch {
      return null;
    }
  };
}

function textDecoder(codePage: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(codePage, { fatal: true, ignoreBOM: true });
  } catch (cause) {
    throw new PatchError('E_USAGE', `unknown code page ${JSON.stringify(codePage)}`, {
      help: 'name it as in the WHATWG Encoding standard, for example windows-1251 or shift_jis',
      cause,
    });
  }
}

function decodeWestern(data: Uint8Array): string {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  return text.replace(/[\u0080-\u009f]/g, (unit) => upper.charAt(unit.charCodeAt(0) - 0x80));
}

/** Text as bytes of a code page; null where one of its characters has none. */
export type AnsiEncoder = (text: string) => Uint8Array | null;

const encoders = new Map<string, AnsiEncoder>();

/**
 * The encoder of a code page, by the same names as its decoder: what it writes, `ansiDecoder` reads as the same text.
 * It knows code pages of one or two bytes a character, and of longer ones those characters that need no more. E_USAGE
 * for a name that is none of a code page.
 */
export function ansiEncoder(codePage = 'windows-1252'): AnsiEncoder {
  const name = codePage.toLowerCase();
  const known = encoders.get(name);
  if (known !== undefined) return known;
  const decode = ansiDecoder(name);
  const bytes = encodingTable(decode, codePage);
  const encoder: AnsiEncoder = (text) => {
    if (/^[\r\n -~]*$/.test(text)) return Buffer.from(text, 'latin1');
    const pieces: Buffer[] = [];
    for (const character of text) {
      const piece = bytes.get(character);
      if (piece === undefined) return null;
      pieces.push(piece);
    }
    const encoded = Buffer.concat(pieces);
    // Two characters side by side may mean another one, in code pages with shifts.
    return decode(encoded) === text ? encoded : null;
  };
  encoders.set(name, encoder);
  return encoder;
}

/** The bytes of each character, the shortest and of these the first. */
function encodingTable(decode: AnsiDecoder, codePage: string): Map<string, Buffer> {
  const table = new Map<string, Buffer>();
  const leads: number[] = [];
  const add = (bytes: Buffer): boolean => {
    const text = decode(bytes);
    if (text === null) return false;
    const [first = '', ...more] = text;
    if (first !== '' && more.length === 0 && !table.has(text)) table.set(text, bytes);
    return true;
  };
  for (let first = 0; first < 256; first++) if (!add(Buffer.of(first))) leads.push(first);
  for (const first of leads) for (let second = 0x21; second < 256; second++) add(Buffer.of(first, second));
  if (table.size < 128 || table.get('A')?.length !== 1) {
    throw new PatchError('E_USAGE', `${JSON.stringify(codePage)} is no code page of 8-bit text`, {
      help: 'name one as in the WHATWG Encoding standard, for example windows-1251 or shift_jis',
    });
  }
  return table;
}
