/** The ways in which a variable's path may be written, each with a short name, so that it comes back as it was. */
import { foldName } from '../hive.ts';

/** A path as it may stand in a text, but for case. */
export interface Place {
  /** Of the variable. */
  readonly name: string;
  /** 0 for the variable's path, otherwise the number of one of its other spellings. */
  readonly alternate: number;
  /** Whether it is written with slashes instead of backslashes. */
  readonly slashes: boolean;
  /** As the variable has it, with slashes if so. */
  readonly path: string;
  readonly folded: string;
}

/** `1/x2f`: another spelling, slashes, and the case: all lower, all upper, or a mask. */
const pattern = /^([1-9][0-9]{0,2})?(\/)?(l|u|x[0-9a-f]{1,1024})?$/;

/** What tells the spelling of a text that is equal to the place but for case; null where there is no way to tell it. */
export function variantOf({ alternate, slashes, path }: Place, text: string): string | null {
  const rest = caseOf(path, text);
  return rest === null ? null : `${alternate === 0 ? '' : alternate}${slashes ? '/' : ''}${rest}`;
}

function caseOf(path: string, text: string): string | null {
  if (text === path) return '';
  if (text === lowered(path)) return 'l';
  if (text === foldName(path)) return 'u';
  let mask = 0n;
  for (let at = 0; at < path.length; at++) {
    if (text.charAt(at) === path.charAt(at)) continue;
    // Where a letter has a third case (ς), one bit does not tell which it is.
    if (text.charAt(at) !== flipped(path.charAt(at))) return null;
    mask |= 1n << BigInt(at);
  }
  return `x${mask.toString(16)}`;
}

/** The path in the spelling that a variant tells; null for what is no variant, undefined for a spelling that is not there. */
export function spell(spellings: readonly string[], variant: string): string | null | undefined {
  const [matched, alternate = '0', slash = '', letters = ''] = pattern.exec(variant) ?? [];
  if (matched === undefined) return null;
  const plain = spellings[Number(alternate)];
  if (plain === undefined) return undefined;
  const path = slash === '' ? plain : plain.replaceAll('\\', '/');
  if (letters === '') return path;
  if (letters === 'l') return lowered(path);
  if (letters === 'u') return foldName(path);
  const mask = BigInt(`0x${letters.slice(1)}`);
  let result = '';
  for (let at = 0; at < path.length; at++) {
    const unit = path.charAt(at);
    result += (mask >> BigInt(at)) & 1n ? flipped(unit) : unit;
  }
  return result;
}

/** The lower case of each unit that the frozen table of upper cases leads back from. */
function lowered(path: string): string {
  let result = '';
  for (let at = 0; at < path.length; at++) {
    const unit = path.charAt(at);
    result += foldName(unit) === unit ? flipped(unit) : unit;
  }
  return result;
}

/** The unit in the other case, or itself where it has none. */
function flipped(unit: string): string {
  const upper = foldName(unit);
  if (upper !== unit) return upper;
  const lower = unit.toLowerCase();
  return lower.length === 1 && foldName(lower) === unit ? lower : unit;
}
