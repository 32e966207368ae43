/** Random hives that a regf file can hold: all that the model has, but no delete entries unless asked for. */
import fc from 'fast-check';
import type { KeyAttributes, KeyKind, RegistryKey, RegistryValue } from '../../../src/registry/hive.ts';
import { defaultSecurity } from '../../../src/registry/regf-write/default-security.ts';
import { folded } from '../arbitrary.ts';

const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 8 })
  .map((codes) => String.fromCharCode(...codes));
const latin1 = fc
  .array(fc.integer({ min: 0, max: 0xff }), { minLength: 1, maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const awkward = [
  'A',
  'a',
  'Straße',
  'ÿ',
  'Ā',
  '\0',
  'a\0b',
  'x\r\ny',
  '/',
  ' ',
  '😀',
  '__proto__',
  'ſ',
  'ı',
  'ß',
];
const someName = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({ minLength: 1, maxLength: 20 }),
  latin1,
  units,
  fc.integer({ min: 200, max: 255 }).map((length) => 'n'.repeat(length)),
);

export const keyName = someName.map((name) => name.replaceAll('\\', '|'));
export const valueName = fc.oneof(
  { weight: 60, arbitrary: someName },
  { weight: 6, arbitrary: fc.constant('') },
  fc.integer({ min: 4000, max: 16_383 }).map((length) => 'Ω'.repeat(length)),
);

/** Around the sizes at which data are inline, a cell, a page, or more than a segment. */
const edges = [0, 1, 2, 3, 4, 5, 7, 8, 12, 4052, 4060, 4061, 8156, 16_343, 16_344, 16_345, 32_688, 32_689];

/** Different bytes at each place, so that a wrong order of segments shows. */
export function dataOf(size: number, seed = 1): Uint8Array {
  const data = new Uint8Array(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    data[at] = state >>> 24;
  }
  return data;
}

const data = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 30 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 1500 }).map((size) => dataOf(size, size)) },
  { weight: 2, arbitrary: fc.constantFrom(...edges).map((size) => dataOf(size)) },
);
/** Without 0x7fffffff, by which reglookup means a key. */
const type = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 11 }) },
  fc.constantFrom(12, 0x40001, 0x440001, 0x7ffffffe, 0x80000000, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);

/** The default one with another group, for example: all of them well-formed. */
export const securities = [18, 19, 20].map((group) => {
  const descriptor = Uint8Array.from(defaultSecurity);
  descriptor[descriptor.length - 4] = group;
  return descriptor;
});

const attributes: fc.Arbitrary<KeyAttributes | undefined> = fc.option(
  fc.record(
    {
      className: fc.oneof(units, fc.constant('Shell')),
      security: fc.constantFrom(...securities).map((descriptor) => Uint8Array.from(descriptor)),
      link: fc.constant(true as const),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined, freq: 2 },
);
const lastWrite = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined });

function makeKey(
  name: string,
  kind: KeyKind,
  attributes: KeyAttributes | undefined,
  lastWrite: bigint | undefined,
  values: readonly RegistryValue[],
  keys: readonly RegistryKey[],
): RegistryKey {
  const rest = kind === 'delete-entry' ? undefined : attributes;
  return {
    name,
    kind,
    ...(rest !== undefined && Object.keys(rest).length > 0 ? { attributes: rest } : {}),
    ...(lastWrite === undefined ? {} : { lastWrite }),
    values: folded(kind === 'delete-entry' ? [] : values),
    keys: folded(kind === 'delete-entry' ? [] : keys),
  };
}

function tree(
  name: fc.Arbitrary<string>,
  depth: number,
  kind: fc.Arbitrary<KeyKind>,
): fc.Arbitrary<RegistryKey> {
  const plain = fc.record({ name: valueName, type, data });
  const deleted = valueName.map((name) => ({ name, type: 'delete-entry' as const, data: new Uint8Array(0) }));
  const value: fc.Arbitrary<RegistryValue> =
    kind === key ? plain : fc.oneof({ weight: 4, arbitrary: plain }, deleted);
  const keys = depth === 0 ? fc.constant([]) : fc.array(tree(keyName, depth - 1, kind), { maxLength: 5 });
  const rootKind = name === noName ? key : kind;
  return fc
    .tuple(name, rootKind, attributes, lastWrite, fc.array(value, { maxLength: 5 }), keys)
    .map((parts) => makeKey(...parts));
}

const noName = fc.constant('');
const key = fc.constant<KeyKind>('key');
const anyKind = fc.constantFrom<KeyKind[]>('key', 'key', 'key', 'delete-entry', 'opaque');

/** A whole hive. */
export const hive = tree(noName, 3, key);
/** A whole hive of a layer: delete entries and opaque keys too. */
export const layeredHive = tree(noName, 3, anyKind);

/** A key by hand. */
export function keyWith(
  name: string,
  values: readonly RegistryValue[],
  keys: readonly RegistryKey[] = [],
  attributes?: KeyAttributes,
): RegistryKey {
  return makeKey(name, 'key', attributes, undefined, values, keys);
}

/** The same hive, but with names and times that the oracles can print. */
export function readable(key: RegistryKey): RegistryKey {
  const { className, ...rest } = key.attributes ?? {};
  const attributes =
    className === undefined ? rest : { ...rest, className: className.replaceAll(/[^ -~]/g, '?') };
  return makeKey(
    key.name.toWellFormed(),
    key.kind,
    attributes,
    key.lastWrite === undefined ? undefined : key.lastWrite / 2n,
    [...key.values.values()].map((value) => ({ ...value, name: value.name.toWellFormed() })),
    [...key.keys.values()].map(readable),
  );
}
