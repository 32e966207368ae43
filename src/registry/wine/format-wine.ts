/** Writes Wine's registry files as Wine does (wine, server/registry.c, `save_subkeys`). */
import { PatchError } from '../../errors.ts';
import { overLimit, registryLimits } from '../limits.ts';
import { escapeWine } from './escape.ts';
import { timeText } from './filetime.ts';
import { type WineRegistry, type WineSection, wineVersionLine } from './wine-registry.ts';
import { wineValueLine } from './wine-value.ts';

/**
 * The file's bytes, all of them ASCII, with LF at the ends of lines. E_NAME for a name that such a file cannot carry: a
 * key's that is empty or has a backslash in it, and any that ends in NUL or is too long. E_LIMIT above the size that a reader takes.
 */
export function formatWine(registry: WineRegistry): Uint8Array {
  const pieces: Buffer[] = [];
  let size = 0;
  const add = (lines: readonly string[]): void => {
    const piece = Buffer.from(`${lines.join('\n')}\n`, 'latin1');
    size += piece.length;
    if (size > registryLimits.size) throw overLimit('registry text: it is too large', registryLimits.size);
    pieces.push(piece);
  };
  add([wineVersionLine, ...registry.header]);
  for (const section of registry.sections) add(linesOf(section));
  const all = Buffer.concat(pieces);
  return new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
}

function linesOf(section: WineSection): string[] {
  const shown = section.path.join('\\');
  const path = section.path.map((name) => escapeWine(checked(name, shown, 'key'), '[]')).join('\\\\');
  const lines = [
    // A key is parted from what stands before it; the header has no such line at its end.
    '',
    section.seconds === null ? `[${path}]` : `[${path}] ${section.seconds}`,
  ];
  if (section.time !== null) lines.push(`#time=${timeText(section.time)}`);
  if (section.className !== null) {
    lines.push(`#class="${escapeWine(checked(section.className, shown, 'class'), '""')}"`);
  }
  if (section.link) lines.push('#link');
  lines.push(...section.extra);
  for (const value of section.values) {
    checked(value.name, shown, 'value');
    lines.push(wineValueLine(value));
  }
  return lines;
}

function checked(name: string, path: string, what: 'key' | 'class' | 'value'): string {
  let problem: string | null = null;
  // Wine leaves a NUL at the end out, in names too.
  if (name.endsWith('\0')) problem = 'ends in NUL';
  if (what === 'key' && name === '') problem = 'is empty';
  if (what === 'key' && name.length > registryLimits.keyName) problem = 'is too long';
  if (what === 'value' && name.length > registryLimits.valueName) problem = 'is too long';
  if (what === 'key' && name.includes('\\')) problem = 'has a backslash';
  if (problem === null) return name;
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  throw new PatchError('E_NAME', `${path}: the name ${shown} of a ${what} ${problem}`, {
    entry: path,
    help: 'leave it out with a volatile rule, or write another form than that of Wine',
  });
}
