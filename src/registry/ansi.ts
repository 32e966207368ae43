/** The 8-bit text of REGEDIT4 files. */
import { PatchError } from '../errors.ts';

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
