/** Machine paths in the registry's strings, written as variables and back. */
import { PatchError } from '../../errors.ts';
import {
  foldName,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_SZ,
  type RegistryKey,
  type RegistryValue,
} from '../hive.ts';
import { keyWith } from '../key.ts';
import { type Place, spell, variantOf } from './spelling.ts';
import { fromUtf16, toUtf16 } from '../utf16.ts';

/** What may follow a path: what no name on Windows can have in it, and what often closes a path (the end is the empty text). */
const boundaries = '\\/:*?"<>|,; \')\0\t\r\n';
const opening = '[{';
const closing = '}]';
/** A token without a name stands for `[{` itself. */
const literal = opening + closing;
// App-V has names with blanks in them ("Common Programs").
const namePattern = /^[A-Za-z][A-Za-z0-9_ ]*$/;
/** Between the spellings of one path; no path on Windows has it. */
const separator = '|';
const limits = { spellings: 1000, path: 4096 };
/** What App-V's sequencer adds to the type of a value. */
const typeFlags = 0x440000;

/**
 * Writes each occurrence of a variable's path as `[{Name}]`: regardless of case, from the left, the longest path first,
 * and only where one of `boundaries` follows. A variable's value may give other spellings of the same path behind the
 * first: `C:\Program Files|C:\PROGRA~1`. An occurrence that is not written exactly as the variable's path becomes
 * `[{Name:variant}]`, and the variant tells how (FORMAT §3.5): the number of the other spelling, `/` where it has slashes
 * for backslashes, then `l` or `u` where it is all in lower or upper case, or `x` and a hexadecimal mask of the letters in
 * the other case. A literal `[{` becomes `[{}]`. References like `%SystemRoot%` stay: they mean the same on each machine.
 *
 * Only values of type REG_SZ, REG_EXPAND_SZ and REG_MULTI_SZ (with App-V's flags or without) with well-formed data are
 * touched: whole code units, valid Unicode, a terminating NUL; REG_MULTI_SZ two or nothing but one. So `fromVariables`
 * with the same variables gives exactly the same hive again. E_USAGE for a variable whose name or path cannot be one.
 */
export function toVariables(key: RegistryKey, variables: Readonly<Record<string, string>>): RegistryKey {
  const places = placesOf(spellingsOf(variables));
  const firsts = new Set([...places.map(({ folded }) => folded.charAt(0)), opening.charAt(0)]);
  return mapStrings(key, (text) => tokenize(text, places, firsts));
}

/**
 * Writes each `[{Name}]` as the variable's path, in the spelling that it tells, and each `[{}]` as `[{`, in the values
 * that `toVariables` touches. E_FORMAT for a `[{` that is not closed or tells a spelling in no way that we know, E_USAGE
 * for a name or spelling that is not among the variables.
 */
export function fromVariables(key: RegistryKey, variables: Readonly<Record<string, string>>): RegistryKey {
  const spellings = spellingsOf(variables);
  return mapStrings(key, (text) => resolve(text, spellings));
}

function tokenize(text: string, places: readonly Place[], firsts: ReadonlySet<string>): string {
  const folded = foldName(text);
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (!firsts.has(folded.charAt(at))) continue;
    const found = tokenAt(text, folded, at, places);
    if (found === null) continue;
    result += text.slice(from, at) + found.token;
    from = at + found.length;
    at = from - 1;
  }
  return result + text.slice(from);
}

/** What is written for the text at a place, and how long that text is; null where it stays. */
function tokenAt(
  text: string,
  folded: string,
  at: number,
  places: readonly Place[],
): { readonly token: string; readonly length: number } | null {
  for (const place of places) {
    const { length } = place.folded;
    if (!folded.startsWith(place.folded, at) || !boundaries.includes(text.charAt(at + length))) continue;
    const variant = variantOf(place, text.slice(at, at + length));
    if (variant === null) continue;
    return { token: `${opening}${place.name}${variant === '' ? '' : `:${variant}`}${closing}`, length };
  }
  return text.startsWith(opening, at) ? { token: literal, length: opening.length } : null;
}

function resolve(text: string, spellings: ReadonlyMap<string, readonly string[]>): string {
  let result = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf(opening, from);
    if (at < 0) return result + text.slice(from);
    const end = text.indexOf(closing, at + opening.length);
    if (end < 0) throw new PatchError('E_FORMAT', `a variable is not closed: ${shown(text.slice(at))}`);
    result += text.slice(from, at) + pathOf(text.slice(at + opening.length, end), spellings);
    from = end + closing.length;
  }
}

/** What stands for `Name` or `Name:variant`. */
function pathOf(token: string, spellings: ReadonlyMap<string, readonly string[]>): string {
  if (token === '') return opening;
  const colon = token.indexOf(':');
  const name = colon < 0 ? token : token.slice(0, colon);
  const known = spellings.get(name);
  const path = known && spell(known, colon < 0 ? '' : token.slice(colon + 1));
  if (path === null) {
    throw new PatchError(
      'E_FORMAT',
      `a variable of a registry value has an unknown spelling: ${shown(token)}`,
    );
  }
  if (path !== undefined) return path;
  throw new PatchError('E_USAGE', `the variable ${shown(token)} of a registry value is not defined`, {
    help: known
      ? `give the variable another spelling: ${name}=PATH|SPELLING`
      : 'define it among the variables of the layer',
  });
}

/** Each variable's path and its other spellings. */
function spellingsOf(variables: Readonly<Record<string, string>>): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of Object.entries(variables)) {
    if (!namePattern.test(name))
      throw badVariable(name, 'its name is not made of letters, digits, _ and blanks');
    const spellings = value.split(separator).map(trimmed);
    if (spellings.includes('')) throw badVariable(name, 'its path is empty');
    if (spellings.some((path) => path.length > limits.path) || spellings.length > limits.spellings)
      throw badVariable(name, 'its path is too long');
    if (value.includes('\0') || !value.isWellFormed()) throw badVariable(name, 'its path is no valid text');
    all.set(name, spellings);
  }
  return all;
}

/** Longest first; of two with one path, the first by name, then by spelling. */
function placesOf(spellings: ReadonlyMap<string, readonly string[]>): Place[] {
  const places = [...spellings].flatMap(([name, paths]) =>
    paths.flatMap((plain, alternate) => {
      const ways = plain.includes('\\') ? [false, true] : [false];
      return ways.map((slashes): Place => {
        const path = slashes ? plain.replaceAll('\\', '/') : plain;
        return { name, alternate, slashes, path, folded: foldName(path) };
      });
    }),
  );
  const order = (a: Place, b: Place): number => b.folded.length - a.folded.length;
  return places.sort(
    (a, b) => order(a, b) || (a.name === b.name ? a.alternate - b.alternate : a.name < b.name ? -1 : 1),
  );
}

/** `C:\` and `C:` are the same place; without the backslash the boundary rule holds for both. */
function trimmed(path: string): string {
  let end = path.length;
  while (end > 0 && path.charAt(end - 1) === '\\') end--;
  return path.slice(0, end);
}

/** The key with all well-formed strings mapped; parts without a change are the same objects. */
function mapStrings(key: RegistryKey, map: (text: string) => string): RegistryKey {
  let changed = false;
  const values = new Map<string, RegistryValue>();
  for (const [folded, value] of key.values) {
    const text = textOf(value);
    const mapped = text === null ? null : map(text);
    const same = mapped === null || mapped === text;
    values.set(folded, same ? value : { ...value, data: toUtf16(mapped) });
    if (!same) changed = true;
  }
  const keys = new Map<string, RegistryKey>();
  for (const [folded, child] of key.keys) {
    const mapped = mapStrings(child, map);
    keys.set(folded, mapped);
    if (mapped !== child) changed = true;
  }
  return changed ? keyWith(key, { values, keys }) : key;
}

/** The whole text of a well-formed string value, with its NULs; null for every other value. */
function textOf({ type, data }: RegistryValue): string | null {
  if (type === 'delete-entry') return null;
  const plain = (type & ~typeFlags) >>> 0;
  if (plain !== REG_SZ && plain !== REG_EXPAND_SZ && plain !== REG_MULTI_SZ) return null;
  if (data.length % 2 !== 0) return null;
  const text = fromUtf16(data);
  if (!text.isWellFormed()) return null;
  if (plain === REG_MULTI_SZ) return text === '\0' || text.endsWith('\0\0') ? text : null;
  return text.endsWith('\0') && text.indexOf('\0') === text.length - 1 ? text : null;
}

function badVariable(name: string, problem: string): PatchError {
  return new PatchError('E_USAGE', `the variable ${shown(name)} is wrong: ${problem}`);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
