/** Hives of ours, read by others. */
import { expect } from 'chai';
import fc from 'fast-check';
import { REG_BINARY, REG_SZ, type RegistryKey } from '../../../src/registry/hive.ts';
import { countKeys, emptyKey } from '../../../src/registry/key.ts';
import { formatRegf } from '../../../src/registry/regf-write/format-regf.ts';
import type { RegfOptions } from '../../../src/registry/regf-write/options.ts';
import { stringData } from '../../../src/registry/utf16.ts';
import { dataOf, hive, keyWith, layeredHive, readable } from './arbitrary.ts';
import { lookUp, needHivex, needReglookup, readWithHivex, seenKey } from './hivex.ts';

const versions = ['1.3', '1.4', '1.5'] as const;
const optionsOf = (at: number): RegfOptions => ({ version: versions[at % versions.length]! });

/** Everything that is large, in one hive. */
const large = keyWith(
  '',
  [4, 5, 4064, 16_343, 16_344, 16_345, 16_352, 32_688, 32_689, 2 ** 20, 7_000_000].map((size) => ({
    name: `${size} bytes`,
    type: REG_BINARY,
    data: dataOf(size),
  })),
  [
    keyWith('x'.repeat(255), [{ name: 'v'.repeat(16_383), type: REG_SZ, data: stringData('long') }]),
    keyWith(
      'many keys',
      [],
      Array.from({ length: 5200 }, (_, at) => keyWith(`Ключ ${at}`, [])),
    ),
    keyWith(
      'many values',
      Array.from({ length: 5200 }, (_, at) => ({ name: `v${at}`, type: at, data: dataOf(at % 9) })),
    ),
  ],
);

describe('regf: hivex reads what we write', () => {
  before(needHivex);

  it('of hundreds of random hives', () => {
    const keys = fc.sample(hive.map(readable), { numRuns: 250, seed: 3 });
    const seen = readWithHivex(keys.map((key, at) => formatRegf(key, optionsOf(at))));
    expect(seen.length).to.equal(keys.length);
    for (const [at, key] of keys.entries()) expectSeen(seen[at], key, `hive ${at}`);
  });

  it('of big values, long names and many subkeys', () => {
    const [seen, small] = readWithHivex([formatRegf(large), formatRegf(emptyKey())]);
    expectSeen(seen, large, 'large');
    expectSeen(small, emptyKey(), 'empty');
  });
});

describe('regf: reglookup reads what we write', () => {
  before(needReglookup);

  /** It does not look for big data in version 1.4. */
  const bothOf = (at: number): RegfOptions => ({ version: at % 2 === 0 ? '1.5' : '1.3' });

  /** The root key is listed too. */
  function expectListed(keys: readonly RegistryKey[], options: (at: number) => RegfOptions): void {
    const lookups = lookUp(keys.map((key, at) => formatRegf(key, options(at))));
    for (const [at, { status, errors, lines }] of lookups.entries()) {
      const count = countKeys(keys[at]!);
      expect([status, errors], `hive ${at}`).to.deep.equal([0, '']);
      expect(lines.length, `hive ${at}`).to.equal(1 + count.keys + count.values);
      expect(lines.filter((line) => line.split(',')[1] === 'KEY').length).to.equal(1 + count.keys);
    }
  }

  it('of random hives', () => {
    expectListed(fc.sample(hive.map(readable), { numRuns: 60, seed: 4 }), bothOf);
  });

  it('of random layered hives', () => {
    const keys = fc.sample(layeredHive.map(readable), { numRuns: 40, seed: 5 });
    expectListed(keys, () => ({ version: '1.6' }));
  });

  it('of security and classes', () => {
    const [lookup] = lookUp([formatRegf(keyWith('', [], [], { className: 'Shell' }))]);
    const full = 'QRY_VAL SET_VAL CREATE_KEY ENUM_KEYS NOTIFY CREATE_LNK DELETE R_CONT W_DAC W_OWNER:CI';
    const read = 'QRY_VAL ENUM_KEYS NOTIFY R_CONT:CI';
    const dacl = `S-1-5-18:ALLOW:${full}|S-1-5-32-544:ALLOW:${full}|S-1-5-32-545:ALLOW:${read}`;
    const [line = ''] = lookup?.lines ?? [];
    expect(line).to.match(/^\/,KEY,,/);
    expect(line.split(',').slice(4)).to.deep.equal(['S-1-5-32-544', 'S-1-5-18', '', dacl, 'Shell']);
  });
});

function expectSeen(seen: unknown, key: RegistryKey, what: string): void {
  const expected = seenKey(key, 'ROOT');
  if (JSON.stringify(seen) !== JSON.stringify(expected)) expect(seen, what).to.deep.equal(expected);
}
