/** Random hives for the laws: few names, so that two hives meet in many of them, and all the awkward ones. */
import fc from 'fast-check';
import {
  foldName,
  type KeyAttributes,
  type KeyKind,
  REG_EXPAND_SZ,
  REG_MULTI_SZ,
  REG_SZ,
  type RegistryKey,
  type RegistryValue,
} from '../../src/registry/hive.ts';
import { stringData, toUtf16 } from '../../src/registry/utf16.ts';

const keyNames = ['A', 'a', 'Straße', 'B]', 'b]', '[x', '-', ' c ', '\0', '\ud800', '😀', 'ſ', '__proto__'];
const valueNames = [
  '',
  'v',
  'V',
  '@',
  'a"b',
  '\\',
  'a\\"',
  'x\r\n[y]',
  '\n',
  '\0',
  '\udfff',
  'constructor',
  ';',
  '=-',
];

export const keyName = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...keyNames) },
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).filter((name) => !/[\\\r\n]/.test(name)),
);
export const valueName = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...valueNames) },
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 8 }) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 24, maxLength: 90 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map(stringData) },
  { weight: 1, arbitrary: fc.constantFrom('ab', 'a\0b\0', 'a\r\nb\0', '\ud800\0', '\\"\0').map(toUtf16) },
);

const type = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(REG_SZ, REG_EXPAND_SZ, REG_MULTI_SZ) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 11 }) },
  { weight: 1, arbitrary: fc.constantFrom(0x40001, 0x440001, 0xffff1234, 0xffffffff) },
);

export const value: fc.Arbitrary<RegistryValue> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ name: valueName, type, data: bytes }) },
  {
    weight: 1,
    arbitrary: valueName.map((name) => ({ name, type: 'delete-entry' as const, data: new Uint8Array(0) })),
  },
);

/** The map that Windows would make of them: the first of a name stays. */
export function folded<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  const map = new Map<string, T>();
  for (const item of items) if (!map.has(foldName(item.name))) map.set(foldName(item.name), item);
  return map;
}

export function keyOf(
  name: string,
  kind: KeyKind,
  values: readonly RegistryValue[],
  keys: readonly RegistryKey[],
): RegistryKey {
  const empty = kind === 'delete-entry';
  return { name, kind, values: folded(empty ? [] : values), keys: folded(empty ? [] : keys) };
}

const kind: fc.Arbitrary<KeyKind> = fc.oneof(
  { weight: 6, arbitrary: fc.constant('key' as const) },
  fc.constantFrom('delete-entry' as const, 'opaque' as const),
);

const attributes: fc.Arbitrary<KeyAttributes> = fc.record(
  {
    className: fc.oneof(
      fc.constantFrom('', 'c', 'C', 'a"\\\r\n;', '\0', '\ud800'),
      fc.string({ maxLength: 5 }),
    ),
    security: fc.oneof(
      fc.constantFrom(...[[], [1], [1, 2]].map((data) => Uint8Array.from(data))),
      fc.uint8Array({ minLength: 20, maxLength: 80 }),
    ),
    link: fc.constant(true as const),
  },
  { requiredKeys: [] },
);

/** Most keys have nothing of it. */
const described: fc.Arbitrary<Pick<RegistryKey, 'attributes' | 'lastWrite'>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  fc.record({ attributes, lastWrite: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }, { requiredKeys: [] }),
);

function tree(name: fc.Arbitrary<string>, depth: number): fc.Arbitrary<RegistryKey> {
  const keys: fc.Arbitrary<RegistryKey[]> =
    depth === 0 ? fc.constant([]) : fc.array(tree(keyName, depth - 1), { maxLength: 4 });
  return fc
    .tuple(name, kind, fc.array(value, { maxLength: 4 }), keys, described)
    .map(([name, kind, values, keys, more]) => ({ ...more, ...keyOf(name, kind, values, keys) }));
}

/** A whole hive: its root has no name. */
export const hive = tree(fc.constant(''), 3);

/** A hive and another that is partly the same. */
export const pair = fc.oneof(
  fc.tuple(hive, hive),
  fc.tuple(hive, hive).map(([a, b]): [RegistryKey, RegistryKey] => {
    const kept = { ...a, values: new Map([...a.values, ...b.values]), keys: new Map([...a.keys, ...b.keys]) };
    return a.kind === 'delete-entry' ? [a, b] : [a, kept];
  }),
);
