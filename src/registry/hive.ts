/** The one model of a registry hive. Raw data is the truth (type number and bytes); decoding it is a view. */

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

/** Content of a key that is neither value nor key. Absent fields are what an ordinary key has. */
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
 * The name under which Windows would find a key or value again: the upper case of each UTF-16 code unit by itself.
 * Where JavaScript would write more than one unit ('ß'), would map a letter into ASCII ('ſ', 'ı') or would look at
 * surrogate pairs, Windows does not, and the unit stays.
 */
export function foldName(name: string): string {
  if (isAscii(name)) return name.toUpperCase();
  let folded = '';
  for (let at = 0; at < name.length; at++) folded += foldUnit(name.charAt(at));
  return folded;
}

function foldUnit(unit: string): string {
  const upper = unit.toUpperCase();
  if (upper.length !== 1) return unit;
  return upper.charCodeAt(0) < 0x80 && unit.charCodeAt(0) >= 0x80 ? unit : upper;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= 0x80) return false;
  return true;
}
