/** Views of a value's data. The bytes are the truth; these are for people and programs that want to read them. */
import {
  REG_DWORD,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_QWORD,
  REG_SZ,
  type RegistryValue,
  type ValueType,
} from '../hive.ts';
import { fromUtf16 } from '../utf16.ts';

/** winnt.h; the numbers that Windows gives the types. */
const typeNames = [
  'REG_NONE',
  'REG_SZ',
  'REG_EXPAND_SZ',
  'REG_BINARY',
  'REG_DWORD',
  'REG_DWORD_BIG_ENDIAN',
  'REG_LINK',
  'REG_MULTI_SZ',
  'REG_RESOURCE_LIST',
  'REG_FULL_RESOURCE_DESCRIPTOR',
  'REG_RESOURCE_REQUIREMENTS_LIST',
  'REG_QWORD',
] as const;
const [bigEndian, link] = [5, 6];

/** App-V sets some of these bits in types, beside the type as everybody knows it (0x40000, 0x400000 …). */
const flags = 0x00ff_0000;

/** `REG_SZ`; with App-V's bits `REG_SZ|0x40000`; of a type that Windows has no name for, its number: `0xffff0012`. */
export function typeName(type: ValueType): string {
  if (type === 'delete-entry') return 'delete entry';
  const known = typeNames[withoutFlags(type)];
  if (known === undefined) return `0x${type.toString(16)}`;
  return type > 0xffff ? `${known}|0x${(type & flags).toString(16)}` : known;
}

function withoutFlags(type: number): number {
  // Not by `&` alone, whose result has a sign.
  return type <= (flags | 0xffff) ? type & 0xffff : type;
}

/**
 * Data as its type means it: text up to its NUL, a number, a list of texts. Null where the data is not of that form,
 * and for types without one. A number of 64 bits is a bigint.
 */
export function decodeData({
  type,
  data,
}: RegistryValue): string | number | bigint | readonly string[] | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (type === 'delete-entry' ? type : withoutFlags(type)) {
    case REG_SZ:
    case REG_EXPAND_SZ:
    case link:
      return upToNul(fromUtf16(data));
    case REG_MULTI_SZ:
      return elementsOf(fromUtf16(data));
    case REG_DWORD:
      return data.length === 4 ? view.getUint32(0, true) : null;
    case bigEndian:
      return data.length === 4 ? view.getUint32(0, false) : null;
    case REG_QWORD:
      return data.length === 8 ? view.getBigUint64(0, true) : null;
    default:
      return null;
  }
}

/** Programs store strings with and without a terminating NUL, and with rubbish behind it. */
function upToNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** The list ends with an empty element or with the data. */
function elementsOf(text: string): string[] {
  const elements = text.split('\0');
  const end = elements.indexOf('');
  return end < 0 ? elements : elements.slice(0, end);
}
