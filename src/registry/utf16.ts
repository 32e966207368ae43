/** UTF-16LE without any repair: unlike TextDecoder, lone surrogates go through in both directions. */

/** Bytes as text; an odd last byte is not looked at. */
export function fromUtf16(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength & ~1).toString('utf16le');
}

/** Text as bytes, two for each code unit. */
export function toUtf16(text: string): Uint8Array {
  const data = new Uint8Array(text.length * 2);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    data[at * 2] = unit & 0xff;
    data[at * 2 + 1] = unit >>> 8;
  }
  return data;
}

/** What REG_SZ holds: the text and its terminating NUL. */
export function stringData(text: string): Uint8Array {
  return toUtf16(`${text}\0`);
}

/** The text of well-formed REG_SZ data (whole code units, valid Unicode, one NUL and that at the end), or null. */
export function stringOf(data: Uint8Array): string | null {
  if (data.length < 2 || data.length % 2 !== 0) return null;
  const text = fromUtf16(data);
  if (text.indexOf('\0') !== text.length - 1 || !text.isWellFormed()) return null;
  return text.slice(0, -1);
}
