/** Values and keys as data (--json) and as text. */
import type { KeyKind, RegistryKey, RegistryValue, ValueType } from '../../registry/hive.ts';
import { countKeys, inOrder } from '../../registry/key.ts';
import { decodeData, typeName } from '../../registry/objects/data.ts';

export interface DataReport {
  readonly type: ValueType;
  readonly typeName: string;
  /** Hexadecimal. */
  readonly data: string;
  /** A text, a number, a list of texts; of a number of 64 bits its decimal digits; null where the data is only bytes. */
  readonly decoded: string | number | readonly string[] | null;
}

export interface ValueReport extends DataReport {
  readonly name: string;
}

export interface KeyReport {
  readonly name: string;
  readonly kind: KeyKind;
  readonly class?: string;
  readonly link?: true;
  /** Hexadecimal. */
  readonly security?: string;
  readonly values: readonly ValueReport[];
  readonly keys: readonly KeyReport[];
  /** Where keys are left out (--depth): what there is of them and below. */
  readonly omitted?: { readonly keys: number; readonly values: number };
}

export function dataReport(value: Pick<RegistryValue, 'type' | 'data'>): DataReport {
  const { type, data } = value;
  const decoded = decodeData({ name: '', type, data });
  return {
    type,
    typeName: typeName(type),
    data: hex(data),
    decoded: typeof decoded === 'bigint' ? String(decoded) : decoded,
  };
}

export function valueReport(value: RegistryValue): ValueReport {
  return { name: value.name, ...dataReport(value) };
}

/** A key and what is in it, `depth` levels of keys deep. */
export function keyReport(key: RegistryKey, depth = Infinity): KeyReport {
  const { className, security, link } = key.attributes ?? {};
  const below = countKeys(key);
  return {
    name: key.name,
    kind: key.kind,
    ...(className !== undefined && { class: className }),
    ...(security !== undefined && { security: hex(security) }),
    ...(link !== undefined && { link }),
    values: Array.from(inOrder(key.values), valueReport),
    keys: depth > 0 ? Array.from(inOrder(key.keys), (child) => keyReport(child, depth - 1)) : [],
    ...(depth <= 0 &&
      key.keys.size > 0 && {
        omitted: { keys: below.keys, values: below.values - key.values.size },
      }),
  };
}

/** Data on one line: `"text"`, `10 (0xa)`, `"a", "b"`, `01 02 …`; what is longer than `limit` is cut. */
export function dataText(value: RegistryValue, limit: number): string {
  if (value.type === 'delete-entry') return '(hides the value below)';
  const decoded = decodeData(value);
  if (decoded === null) {
    const bytes = hex(value.data.subarray(0, Math.ceil(limit / 3))).replace(/..(?=.)/g, '$& ');
    return value.data.length * 3 > limit ? cut(`${bytes} …`, value.data.length) : bytes;
  }
  if (typeof decoded === 'number' || typeof decoded === 'bigint')
    return `${decoded} (0x${decoded.toString(16)})`;
  const text = typeof decoded === 'string' ? `"${decoded}"` : decoded.map((one) => `"${one}"`).join(', ');
  return text.length > limit ? cut(`${text.slice(0, limit)}…`, value.data.length) : text;
}

function cut(text: string, bytes: number): string {
  return `${text} (${bytes} bytes)`;
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
}
