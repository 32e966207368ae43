/** What a shell link (`.lnk` file) leads to, as it says itself: MS-SHLLINK. Nothing is resolved or expanded. */
import type { Bytes } from '../bytes.ts';
import { ansiDecoder } from '../registry/text/ansi.ts';
import { fromUtf16 } from '../registry/utf16.ts';

/** Null: the link does not have it. */
export interface Shortcut {
  /** Of the LinkInfo (§2.3); without one, of the EnvironmentVariableDataBlock (§2.5.4), with its variables. */
  readonly target: string | null;
  readonly arguments: string | null;
  readonly workingFolder: string | null;
  readonly icon: string | null;
  readonly description: string | null;
  /** From the link's folder to the target. */
  readonly relativePath: string | null;
}

/** No more is read; real links have a few kilobytes. */
const readLimit = 1 << 20;

/** §2.1: HeaderSize and LinkCLSID, the same in each link. */
const signature = Buffer.from('4c0000000114020000000000c000000000000046', 'hex');
const headerSize = 0x4c;

/** §2.1.1, LinkFlags. */
const flag = { idList: 0x1, linkInfo: 0x2, unicode: 0x80, forceNoLinkInfo: 0x100 };
/** §2.4: the flags of the strings, in the order in which these stand. */
const stringFlags: readonly (readonly [Exclude<keyof Shortcut, 'target'>, number])[] = [
  ['description', 0x4],
  ['relativePath', 0x8],
  ['workingFolder', 0x10],
  ['arguments', 0x20],
  ['icon', 0x40],
];
const noStrings = { description: null, relativePath: null, workingFolder: null, arguments: null, icon: null };

// The code page is that of whoever made the link, which it does not name; most also have the text in Unicode.
const fromAnsi = ansiDecoder();

/** Null for what is no whole shell link. */
export async function readShortcut(bytes: Bytes): Promise<Shortcut | null> {
  return parseShortcut(await bytes.read(0, Math.min(bytes.size, readLimit)));
}

export function parseShortcut(data: Uint8Array): Shortcut | null {
  const flags = u32(data, signature.length);
  if (flags === null || data.length < headerSize) return null;
  if (!signature.equals(data.subarray(0, signature.length))) return null;
  let at = headerSize;
  if (flags & flag.idList) {
    // §2.2: the shell's own items; only programs with the same shell extensions can read all of them.
    const size = u16(data, at);
    if (size === null) return null;
    at += 2 + size;
  }
  let target: string | null = null;
  if (flags & flag.linkInfo) {
    const size = u32(data, at);
    if (size === null || size < 0x1c || at + size > data.length) return null;
    if (!(flags & flag.forceNoLinkInfo)) target = targetOf(data.subarray(at, at + size));
    at += size;
  }
  const strings: Record<Exclude<keyof Shortcut, 'target'>, string | null> = { ...noStrings };
  for (const [name, bit] of stringFlags) {
    if (!(flags & bit)) continue;
    const count = u16(data, at);
    if (count === null) return null;
    const end = at + 2 + count * (flags & flag.unicode ? 2 : 1);
    if (end > data.length) return null;
    const text = data.subarray(at + 2, end);
    strings[name] = textOf(flags & flag.unicode ? fromUtf16(text) : fromAnsi(text));
    at = end;
  }
  if (at > data.length) return null;
  return { ...strings, target: target ?? environmentTarget(data, at) };
}

/** §2.3: the base, local or of the network, and behind it the suffix. Offsets that lead outside are as if not there. */
function targetOf(info: Uint8Array): string | null {
  const [flags, hasUnicode] = [u32(info, 8) ?? 0, (u32(info, 4) ?? 0) >= 0x24];
  const textAt = (ansi: number, unicode: number): string | null =>
    (hasUnicode ? wideAt(info, u32(info, unicode)) : null) ?? ansiAt(info, u32(info, ansi));
  const base = flags & 1 ? textAt(0x10, 0x1c) : flags & 2 ? netName(info) : null;
  if (base === null) return null;
  const suffix = textAt(0x18, 0x20) ?? '';
  // Shares are named without a separator at their end.
  return suffix === '' || base.endsWith('\\') ? base + suffix : `${base}\\${suffix}`;
}

/** §2.3.2, CommonNetworkRelativeLink: the share. Offsets behind 0x14 say that there is a Unicode form. */
function netName(info: Uint8Array): string | null {
  const link = info.subarray(u32(info, 0x14) ?? info.length);
  const ansi = u32(link, 8);
  return (ansi !== null && ansi > 0x14 ? wideAt(link, u32(link, 0x14)) : null) ?? ansiAt(link, ansi);
}

/** §2.5: blocks until one of less than four bytes. What is damaged here takes nothing from what stands before. */
function environmentTarget(data: Uint8Array, start: number): string | null {
  for (let at = start; ;) {
    const size = u32(data, at);
    if (size === null || size < 8 || at + size > data.length) return null;
    const block = data.subarray(at, at + size);
    if (size === 0x314 && u32(block, 4) === 0xa000_0001) {
      return textOf(fromUtf16(block.subarray(0x10c))) ?? textOf(fromAnsi(block.subarray(8, 0x10c)));
    }
    at += size;
  }
}

/** The text up to its NUL; null where nothing is left. */
function textOf(text: string | null): string | null {
  const [upToNul = ''] = (text ?? '').split('\0', 1);
  return upToNul === '' ? null : upToNul;
}

function ansiAt(data: Uint8Array, at: number | null): string | null {
  const end = at === null || at === 0 ? -1 : data.indexOf(0, at);
  return at === null || end < 0 ? null : textOf(fromAnsi(data.subarray(at, end)));
}

function wideAt(data: Uint8Array, at: number | null): string | null {
  if (at === null || at === 0) return null;
  for (let end = at; end + 2 <= data.length; end += 2) {
    if (data[end] === 0 && data[end + 1] === 0) return textOf(fromUtf16(data.subarray(at, end)));
  }
  return null;
}

function u16(data: Uint8Array, at: number): number | null {
  return at + 2 > data.length ? null : viewOf(data).getUint16(at, true);
}

function u32(data: Uint8Array, at: number): number | null {
  return at + 4 > data.length ? null : viewOf(data).getUint32(at, true);
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}
