/** The one model of a registry hive. Raw data is the truth (type number and bytes); decoding it is a view. */
import { upperCase } from './fold-table.ts';

/** A value's type: the number that Windows gives it, or a delete entry (`"name"=-`: hides a value below this layer). */
export type ValueType = number | 'delete-entry';

export interface RegistryValue {
  /** As written; the default value's name is the empty string. */
  readonly name: string;
  readonly type: ValueType;
  /** As stored; empty for a delete entry. */
  readonly data: Uint8Array;
}

/**
 * `key`: an ordinary key. `delete-entry` (`[-KEY]`): hides the key of that name below this layer, and has neither
 * values nor keys itself. `opaque` (`[-KEY]`, then `[KEY]`): hides what lies below, and stands in its place.
 */
export type KeyKind = 'key' | 'delete-entry' | 'opaque';

/**
 * Content of a key that is neither value nor key. Absent fields are what an ordinary key has; an empty class or
 * descriptor is the same as none, and a delete entry has nothing of it (see `attributesOf`).
 */
export interface KeyAttributes {
  /** The key's class. */
  readonly className?: string;
  /** A self-relative security descriptor (MS-DTYP §2.4.6), as stored. */
  readonly security?: Uint8Array;
  /** A symbolic link: its value `SymbolicLinkValue` says where it leads. */
  readonly link?: true;
}

export interface RegistryKey {
  /** What a key has beside values and keys; absent where it has nothing of it. */
  readonly attributes?: KeyAttributes;
  /** When it was last written: a FILETIME (100 ns since 1601). Never content: it is neither compared nor digested. */
  readonly lastWrite?: bigint;
  /** As written, without its path. The root key of a hive has the empty name. */
  readonly name: string;
  readonly kind: KeyKind;
  /** By folded name (`foldName`), since Windows ignores case. */
  readonly values: ReadonlyMap<string, RegistryValue>;
  /** By folded name. */
  readonly keys: ReadonlyMap<string, RegistryKey>;
}

/** HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER, HKEY_USERS, and HKEY_USERS\.DEFAULT as a template for new users. */
export type HiveRoot = 'machine' | 'user' | 'users' | 'user-template';
export const hiveRoots: readonly HiveRoot[] = ['machine', 'user', 'user-template', 'users'];

/** Content of a registry file or area: the hives that it has keys of. */
export type Registry = ReadonlyMap<HiveRoot, RegistryKey>;

export const REG_NONE = 0;
export const REG_SZ = 1;
export const REG_EXPAND_SZ = 2;
export const REG_BINARY = 3;
export const REG_DWORD = 4;
export const REG_MULTI_SZ = 7;
export const REG_QWORD = 11;

/**
 * The name under which Windows would find a key or value again: the upper case of each UTF-16 code unit by itself, by a
 * frozen table (FORMAT §3.4). Where Unicode would write more than one unit ('ß'), would map a letter into ASCII ('ſ', 'ı')
 * or would look at surrogate pairs, Windows does not, and the unit stays.
 */
export function foldName(name: string): string {
  let lower = false;
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at);
    if (unit >= 0x80) return foldUnits(name);
    if (unit >= 0x61 && unit <= 0x7a) lower = true;
  }
  return lower ? name.toUpperCase() : name;
}

function foldUnits(name: string): string {
  let folded = '';
  for (let at = 0; at < name.length; at++) {
    folded += String.fromCharCode(upperCase[name.charCodeAt(at)] ?? 0);
  }
  return folded;
}
