/**
 * A registry as JSON, for other programs: UTF-8, lossless, and read again by us.
 *
 * `{"format":"vpa-registry/1","hives":{"machine":KEY,…}}`, hives by `HiveRoot`, in its order.
 * KEY: `name` (empty for a root); `kind` unless it is `key`; `class`, `link` (true), `security` (hexadecimal) and
 * `lastWrite` (a FILETIME, as decimal text) where it has them; `values` and `keys`, lists in canonical order.
 * VALUE: `name`; `type`, a number or `delete-entry`; `data`, all its bytes in hexadecimal; beside it a view, which nobody
 * reads again: `text` of a well-formed REG_SZ or REG_EXPAND_SZ, `strings` of a REG_MULTI_SZ, `number` of a REG_DWORD,
 * `digits` (decimal text) of a REG_QWORD.
 * Names and texts may have lone surrogates, which JSON writes as `\ud800`.
 */
import { z } from 'zod';
import { tooLarge } from '../../bytes.ts';
import { PatchError } from '../../errors.ts';
import { attributesOf, attributesWith } from '../attributes.ts';
import {
  foldName,
  hiveRoots,
  REG_DWORD,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_QWORD,
  REG_SZ,
  type HiveRoot,
  type Registry,
  type RegistryKey,
  type RegistryValue,
} from '../hive.ts';
import { inOrder } from '../key.ts';
import { overLimit, registryLimits } from '../limits.ts';
import { fromUtf16, stringOf } from '../utf16.ts';

const format = 'vpa-registry/1';
/** How such a file begins. */
export const jsonMark = /^\s*\{\s*"format"\s*:\s*"vpa-registry\/1"/;

/** E_LIMIT above the size of text that is read again. */
export function formatJson(registry: Registry): Uint8Array {
  const hives = hiveRoots.flatMap((root) => {
    const key = registry.get(root);
    return key === undefined ? [] : [[root, keyJson(key)] as const];
  });
  let text: string;
  try {
    text = `${JSON.stringify({ format, hives: Object.fromEntries(hives) }, null, 1)}\n`;
  } catch (cause) {
    // V8 has no longer strings.
    if (cause instanceof RangeError) throw overLimit('registry JSON: it is too large', registryLimits.size);
    throw cause;
  }
  const data = Buffer.from(text);
  if (data.length > registryLimits.size) throw tooLarge('registry JSON', data.length, registryLimits.size);
  return data;
}

function keyJson(key: RegistryKey): object {
  const { className, link, security } = attributesOf(key);
  return {
    name: key.name,
    ...(key.kind !== 'key' && { kind: key.kind }),
    ...(className !== undefined && { class: className }),
    ...(link && { link }),
    ...(security !== undefined && { security: hexOf(security) }),
    ...(key.lastWrite !== undefined && { lastWrite: key.lastWrite.toString() }),
    values: [...inOrder(key.values)].map((value) => ({
      name: value.name,
      type: value.type,
      data: hexOf(value.data),
      ...viewOf(value),
    })),
    keys: [...inOrder(key.keys)].map(keyJson),
  };
}

/** What a program would see in the data; nothing where it is not as its type wants it. */
function viewOf({ type, data }: RegistryValue): object {
  const text = type === REG_SZ || type === REG_EXPAND_SZ ? stringOf(data) : null;
  if (text !== null) return { text };
  if (type === REG_MULTI_SZ && data.length % 2 === 0) {
    const all = fromUtf16(data);
    if (all === '\0') return { strings: [] };
    if (all.endsWith('\0\0')) return { strings: all.slice(0, -2).split('\0') };
  }
  const buffer = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (type === REG_DWORD && data.length === 4) return { number: buffer.readUInt32LE() };
  if (type === REG_QWORD && data.length === 8) return { digits: buffer.readBigUInt64LE().toString() };
  return {};
}

function hexOf(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
}

const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const valueSchema = z.object({
  name: z.string(),
  type: z.union([z.literal('delete-entry'), z.int().min(0).max(0xffffffff)]),
  data: hex,
});
const keySchema = z.object({
  name: z.string(),
  kind: z.enum(['key', 'delete-entry', 'opaque']).default('key'),
  class: z.string().optional(),
  link: z.literal(true).optional(),
  security: hex.optional(),
  lastWrite: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  values: z.array(z.unknown()),
  keys: z.array(z.unknown()),
});
const documentSchema = z.object({
  format: z.literal(format),
  hives: z.partialRecord(z.enum(['machine', 'user', 'users', 'user-template']), z.unknown()),
});

/** Reads what `formatJson` writes. E_FORMAT with what is wrong, E_LIMIT. */
export function parseJson(data: Uint8Array): Registry {
  if (data.length > registryLimits.size) throw tooLarge('registry JSON', data.length, registryLimits.size);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (cause) {
    throw new PatchError('E_FORMAT', 'the registry JSON cannot be read', { cause });
  }
  const count = { keys: 0, values: 0 };
  const { hives } = checked(documentSchema, json, '');
  const registry = new Map<HiveRoot, RegistryKey>();
  for (const root of hiveRoots) {
    if (hives[root] !== undefined) registry.set(root, { ...keyOf(hives[root], root, 0, count), name: '' });
  }
  return registry;
}

function keyOf(
  json: unknown,
  path: string,
  depth: number,
  count: { keys: number; values: number },
): RegistryKey {
  if (depth > registryLimits.depth)
    throw overLimit(`${path}: the key is nested too deep`, registryLimits.depth);
  const { name, kind, class: className, link, security, lastWrite, ...rest } = checked(keySchema, json, path);
  count.keys += 1;
  count.values += rest.values.length;
  if (count.keys > registryLimits.keys) throw overLimit('too many keys', registryLimits.keys);
  if (count.values > registryLimits.values) throw overLimit('too many values', registryLimits.values);
  const attributes = attributesWith(undefined, {
    ...(className !== undefined && { className }),
    ...(link && { link }),
    ...(security !== undefined && { security: new Uint8Array(Buffer.from(security, 'hex')) }),
  });
  const here = path + (depth === 0 ? '' : `\\${name}`);
  const values = rest.values.map((value) => {
    const { data, ...fields } = checked(valueSchema, value, here);
    return { ...fields, data: new Uint8Array(Buffer.from(data, 'hex')) };
  });
  const keys = rest.keys.map((key) => keyOf(key, here, depth + 1, count));
  return {
    name,
    kind,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(lastWrite !== undefined && { lastWrite: BigInt(lastWrite) }),
    values: byName(values, here),
    keys: byName(keys, here),
  };
}

function byName<T extends { readonly name: string }>(items: readonly T[], path: string): Map<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    const folded = foldName(item.name);
    if (map.has(folded)) {
      throw new PatchError('E_FORMAT', `${path}: has the name ${JSON.stringify(item.name)} twice`, {
        entry: path,
      });
    }
    map.set(folded, item);
  }
  return map;
}

function checked<T>(schema: z.ZodType<T>, json: unknown, path: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new PatchError('E_FORMAT', `${path || 'the registry JSON'}: ${z.prettifyError(result.error)}`, {
    entry: path,
    cause: result.error,
  });
}
