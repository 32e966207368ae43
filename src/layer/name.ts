/** Safe names of entries: the only way to an EntryName (FORMAT §3.1). Refuses, never repairs. */
import { PatchError } from '../errors.ts';

/** `Variable/folder/file`, checked. */
export type EntryName = string & { readonly __brand: 'EntryName' };

/** The first component of every hive's name; no variable may have it. */
export const registryArea = 'Registry';
/** The first component of a plain application directory's entries. */
export const applicationRoot = 'AppRoot';

const limits = { name: 32_767, component: 255 };
const encoder = new TextEncoder();
// Control characters, and what Windows refuses in a name: < > : " | ? * and the backslash (MS-FSCC §2.1.5.2).
const forbidden = /[\u0000-\u001f\u007f<>:"|?*\\]/;
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?$/i;
const variable = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Why a text is no entry name, or null if it is one. */
export function nameProblem(text: string): string | null {
  if (text.length === 0) return 'it is empty';
  if (text.length > limits.name) return `it is longer than ${limits.name} characters`;
  if (!text.isWellFormed()) return 'it is not valid Unicode';
  const components = text.split('/');
  if (!variable.test(components[0] ?? '')) return 'its first component is not a variable';
  for (const component of components) {
    if (component === '') return 'it has an empty component';
    if (component === '.' || component === '..') return 'it has a relative component';
    if (component.length > limits.component / 3 && encoder.encode(component).length > limits.component) {
      return `a component is longer than ${limits.component} bytes`;
    }
    if (forbidden.test(component)) return 'it has a character that Windows does not allow in names';
    if (/[. ]$/.test(component)) return 'a component ends in a dot or a space';
    if (reserved.test(component)) return 'it has a name that Windows reserves for devices';
  }
  return null;
}

/** Checks a text and gives it back as an entry name; E_NAME where it is none. */
export function entryName(text: string): EntryName {
  const problem = nameProblem(text);
  if (problem !== null) {
    throw new PatchError('E_NAME', `${JSON.stringify(text)} cannot be an entry's name: ${problem}`, {
      entry: text,
      help: 'rename it, or exclude it (--exclude)',
    });
  }
  return text as EntryName;
}

/** Orders by UTF-8 bytes, which differs from JavaScript's order where characters above U+FFFF meet U+E000–U+FFFF. */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Moves surrogates behind all other code units, where UTF-8 puts the characters they stand for. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The name of the folder that an entry is in, or null at the top. */
export function parentOf(name: EntryName): EntryName | null {
  const slash = name.lastIndexOf('/');
  return slash < 0 ? null : (name.slice(0, slash) as EntryName);
}
