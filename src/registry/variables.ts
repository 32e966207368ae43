/** Machine paths in the registry's strings, written as variables and back. */
import { PatchError } from '../errors.ts';
import {
  foldName,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_SZ,
  type RegistryKey,
  type RegistryValue,
} from './hive.ts';
import { keyWith } from './key.ts';
import { fromUtf16, toUtf16 } from './utf16.ts';

/** What a variable's path may be followed by; also the end. */
const boundaries = new Set(['', '\\', '/', '"', ',', ';', ' ', '\0']);
const opening = '[{';
const closing = '}]';
/** A token without a name stands for `[{` itself. */
const literal = opening + closing;
// App-V has names with blanks in them ("Common Programs").
const namePattern = /^[A-Za-z][A-Za-z0-9_ ]*$/;

interface Place {
  readonly token: string;
  readonly folded: string;
}

/**
 * Writes each occurrence of a variable's path as `[{Name}]`: regardless of case, from the left, the longest path first,
 * and only where the path ends at the string's end or before one of \ / " , ; blank NUL. A literal `[{` becomes `[{}]`.
 * Only values of type REG_SZ, REG_EXPAND_SZ and REG_MULTI_SZ with well-formed data are touched (whole code units, valid
 * Unicode, a terminating NUL; REG_MULTI_SZ two or nothing but one). So `fromVariables` with the same variables gives
 * the same hive again, except that a replaced path is then written in the variable's case. E_USAGE for a variable
 * whose name or path cannot be one.
 */
export function toVariables(key: RegistryKey, variables: Readonly<Record<string, string>>): RegistryKey {
  const places = placesOf(variables);
  const firsts = new Set([...places.map(({ folded }) => folded.charAt(0)), opening.charAt(0)]);
  return mapStrings(key, (text) => tokenize(text, places, firsts));
}

/**
 * Writes each `[{Name}]` as the variable's path and each `[{}]` as `[{`, in the values that `toVariables` touches.
 * E_FORMAT for a `[{` that is not closed, E_USAGE for a name that is not among the variables.
 */
export function fromVariables(key: RegistryKey, variables: Readonly<Record<string, string>>): RegistryKey {
  placesOf(variables);
  const paths = new Map(Object.entries(variables).map(([name, path]) => [name, trimmed(path)]));
  return mapStrings(key, (text) => resolve(text, paths));
}

function tokenize(text: string, places: readonly Place[], firsts: ReadonlySet<string>): string {
  const folded = foldName(text);
  let result = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (!firsts.has(folded.charAt(at))) continue;
    const place = places.find((one) => {
      return folded.startsWith(one.folded, at) && boundaries.has(text.charAt(at + one.folded.length));
    });
    const length = place?.folded.length ?? (text.startsWith(opening, at) ? opening.length : 0);
    if (length === 0) continue;
    result += text.slice(from, at) + (place?.token ?? literal);
    from = at + length;
    at = from - 1;
  }
  return result + text.slice(from);
}

function resolve(text: string, paths: ReadonlyMap<string, string>): string {
  let result = '';
  let from = 0;
  for (;;) {
    const at = text.indexOf(opening, from);
    if (at < 0) return result + text.slice(from);
    const end = text.indexOf(closing, at + opening.length);
    if (end < 0) throw new PatchError('E_FORMAT', `a variable is not closed: ${shown(text.slice(at))}`);
    const name = text.slice(at + opening.length, end);
    const path = name === '' ? opening : paths.get(name);
    if (path === undefined) {
      throw new PatchError('E_USAGE', `the variable ${shown(name)} of a registry value is not defined`, {
        help: 'define it among the variables of the layer',
      });
    }
    result += text.slice(from, at) + path;
    from = end + closing.length;
  }
}

/** Longest first; of two with one path, the first by name. */
function placesOf(variables: Readonly<Record<string, string>>): Place[] {
  const places = Object.entries(variables).map(([name, path]) => {
    if (!namePattern.test(name))
      throw badVariable(name, 'its name is not made of letters, digits, _ and blanks');
    const folded = foldName(trimmed(path));
    if (folded === '') throw badVariable(name, 'its path is empty');
    if (folded.includes('\0') || !path.isWellFormed()) throw badVariable(name, 'its path is no valid text');
    return { token: opening + name + closing, folded };
  });
  return places.sort((a, b) => b.folded.length - a.folded.length || (a.token < b.token ? -1 : 1));
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
  if (type !== REG_SZ && type !== REG_EXPAND_SZ && type !== REG_MULTI_SZ) return null;
  if (data.length % 2 !== 0) return null;
  const text = fromUtf16(data);
  if (!text.isWellFormed()) return null;
  if (type === REG_MULTI_SZ) return text === '\0' || text.endsWith('\0\0') ? text : null;
  return text.endsWith('\0') && text.indexOf('\0') === text.length - 1 ? text : null;
}

function badVariable(name: string, problem: string): PatchError {
  return new PatchError('E_USAGE', `the variable ${shown(name)} is wrong: ${problem}`);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
