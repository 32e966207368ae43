import { expect } from 'chai';
import fc from 'fast-check';
import { digestOf } from '../../../src/bytes.ts';
import { REG_BINARY, REG_SZ, type RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey } from '../../../src/registry/key.ts';
import { defaultSecurity } from '../../../src/registry/regf-write/default-security.ts';
import { formatRegf, regfChunks } from '../../../src/registry/regf-write/format-regf.ts';
import { nameHash } from '../../../src/registry/regf-write/names.ts';
import { foldName } from '../../../src/registry/hive.ts';
import { stringData } from '../../../src/registry/utf16.ts';
import { refusal } from '../expect-error.ts';
import { dataOf, hive, keyWith, layeredHive, securities } from './arbitrary.ts';
import { walkHive } from './walk-hive.ts';
import { expectWritten } from './written.ts';

const versions = ['1.3', '1.4', '1.5', '1.6'] as const;
const oddly = { type: REG_BINARY, data: new Uint8Array(0) };
const many = (count: number): RegistryKey[] =>
  Array.from({ length: count }, (_, at) => keyWith(`Key ${(at * 7919) % count}`, []));

describe('regf: write', () => {
  it('gives back every random hive, in every version, with nothing out of place', () => {
    fc.assert(
      fc.property(hive, fc.constantFrom(...versions), (key, version) => {
        const walked = walkHive(formatRegf(key, { version }));
        expect(`1.${walked.minor}`).to.equal(version);
        expectWritten(walked.root, key);
      }),
      { numRuns: 150 },
    );
  });

  it('gives back delete entries and opaque keys in a layered hive', () => {
    fc.assert(
      fc.property(layeredHive, (key) =>
        expectWritten(walkHive(formatRegf(key, { version: '1.6' })).root, key),
      ),
      { numRuns: 100 },
    );
  });

  it('gives the same bytes in chunks', () => {
    fc.assert(
      fc.property(hive, fc.constantFrom(1, 4096, 10_000, 1 << 20), (key, size) => {
        const chunks = [...regfChunks(key, {}, size)];
        expect(Buffer.concat(chunks).equals(formatRegf(key))).to.equal(true);
      }),
      { numRuns: 50 },
    );
    const big = keyWith('', [{ name: 'v', type: REG_BINARY, data: dataOf(5_000_000) }]);
    const sizes = [...regfChunks(big, {}, 65_536)].map((chunk) => chunk.length);
    expect(Math.max(...sizes)).to.equal(65_536);
  });

  it('gives the same bytes of equal keys, in whatever order they were made', () => {
    const turned = (key: RegistryKey): RegistryKey => ({
      ...key,
      values: new Map([...key.values].reverse()),
      keys: new Map([...key.keys].reverse().map(([folded, child]) => [folded, turned(child)])),
    });
    fc.assert(
      fc.property(hive, (key) => {
        expect(Buffer.compare(formatRegf(key), formatRegf(turned(key)))).to.equal(0);
      }),
      { numRuns: 50 },
    );
  });

  it('gives these bytes, on every system', () => {
    const run = keyWith('Run', [{ name: 'Notes', type: REG_SZ, data: stringData('C:\\notes.exe') }]);
    const key = keyWith('', [{ name: '', ...oddly }], [run, keyWith('Ωmega', [], [], { className: 'c' })]);
    const file = formatRegf(key);
    expect(file.length).to.equal(8192);
    expect(digestOf(file)).to.equal(
      'sha256:c0c69b1ab26403129c36a3883154fbde7d9b85e818bc80443b96efee4aa6ffce',
    );
  });

  it('writes the smallest hive: a root key with its security', () => {
    const { root, rootName, records, free } = walkHive(formatRegf(emptyKey()));
    expectWritten(root, emptyKey());
    expect(rootName).to.equal('ROOT');
    expect(walkHive(formatRegf(emptyKey('Acme'))).rootName).to.equal('Acme');
    expect(walkHive(formatRegf(emptyKey('Acme'), { rootName: 'X' })).rootName).to.equal('X');
    expect([...records]).to.deep.equal([
      ['nk', 1],
      ['sk', 1],
    ]);
    expect(free).to.be.greaterThan(3000);
  });

  it('splits long lists of subkeys', () => {
    const recordsOf = (count: number, version: '1.3' | '1.5'): ReadonlyMap<string, number> => {
      const key = keyWith('', [], many(count));
      const walked = walkHive(formatRegf(key, { version }));
      expectWritten(walked.root, key);
      return walked.records;
    };
    expect([...recordsOf(507, '1.5').keys()]).not.to.include('ri');
    expect(recordsOf(508, '1.5').get('lh')).to.equal(2);
    expect(recordsOf(5200, '1.5').get('lh')).to.equal(11);
    expect(recordsOf(507, '1.3').get('lf')).to.equal(1);
    expect(recordsOf(5200, '1.3').get('li')).to.equal(11);
  });

  it('cuts big data into segments where the version has them', () => {
    const sizes = [16_344, 16_345, 2 ** 20];
    const key = keyWith(
      '',
      sizes.map((size) => ({ name: `${size}`, type: REG_BINARY, data: dataOf(size) })),
    );
    for (const version of versions) {
      const walked = walkHive(formatRegf(key, { version }));
      expectWritten(walked.root, key);
      expect(walked.records.get('db') ?? 0).to.equal(version === '1.3' ? 0 : 2);
    }
  });

  it('shares the cells of equal descriptors', () => {
    const keys = many(30).map((key, at) => ({ ...key, attributes: { security: securities[at % 3]! } }));
    const { records, root } = walkHive(
      formatRegf(keyWith('', [], keys, { security: Uint8Array.from(securities[1]!) })),
    );
    expect(records.get('sk')).to.equal(3);
    expectWritten(root, keyWith('', [], keys, { security: securities[1]! }));
    expect(
      walkHive(formatRegf(keyWith('', [], many(3)), { security: securities[2]! })).records.get('sk'),
    ).to.equal(1);
  });

  it('hashes names as Windows does', () => {
    // From hives that Windows wrote.
    expect(nameHash(foldName('ControlSet001'))).to.equal(0x8f3ba9a2);
    expect(nameHash(foldName('abcd_äöüß'))).to.equal(0xcd87d55e);
    expect(nameHash(foldName('weird™'))).to.equal(0x6f86a4d5);
    expect(nameHash(foldName('zero\0key'))).to.equal(0xda24f2bd);
  });

  it('takes a time for keys that have none', () => {
    const { root } = walkHive(formatRegf(keyWith('', [], many(1)), { lastWrite: 77n }));
    expect([root.lastWrite, [...root.keys.values()][0]?.lastWrite]).to.deep.equal([77n, 77n]);
  });

  it('writes the default descriptor as MS-DTYP has it', () => {
    // O:BAG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)
    expect(Buffer.from(defaultSecurity).toString('hex')).to.equal(
      '01000480' + '60000000' + '70000000' + '00000000' + '14000000' + // header: owner, group, no SACL, DACL
        '02004c0003000000' +
        '000214003f000f00' + '010100000000000512000000' +
        '000218003f000f00' + '01020000000000052000000020020000' +
        '0002180019000200' + '01020000000000052000000021020000' +
        '01020000000000052000000020020000' +
        '010100000000000512000000', // prettier-ignore
    );
  });
});

describe('regf: what is refused', () => {
  const below = (key: RegistryKey): RegistryKey => keyWith('', [], [keyWith('Top', [], [key])]);
  const value = (type: number, name: string, data = new Uint8Array(0)): RegistryKey =>
    below(keyWith('K', [{ name, type, data }]));

  it('a delete entry or an opaque key before version 1.6', () => {
    for (const kind of ['delete-entry', 'opaque'] as const) {
      const error = refusal(() => formatRegf(below({ ...emptyKey('K'), kind })), 'E_FORMAT');
      expect(error.entry).to.equal('Top\\K');
      expect(error.message).to.equal('Top\\K: a regf hive of version 1.5 cannot carry delete entries');
      expect(error.help).to.contain('1.6');
    }
    const deleted = { name: 'v', type: 'delete-entry', data: new Uint8Array(0) } as const;
    refusal(() => formatRegf(keyWith('', [deleted]), { version: '1.4' }), 'E_FORMAT');
  });

  it('a delete entry that is the root, or has something in it', () => {
    const layer = { version: '1.6' } as const;
    refusal(() => formatRegf({ ...emptyKey(), kind: 'delete-entry' }, layer), 'E_FORMAT');
    const full = keyWith('K', [{ name: '', ...oddly }]);
    refusal(() => formatRegf(below({ ...full, kind: 'delete-entry' }), layer), 'E_FORMAT');
    const classy = keyWith('K', [], [], { className: 'c' });
    refusal(() => formatRegf(below({ ...classy, kind: 'delete-entry' }), layer), 'E_FORMAT');
    const heavy = { name: 'v', type: 'delete-entry', data: new Uint8Array(1) } as const;
    refusal(() => formatRegf(keyWith('', [heavy]), layer), 'E_FORMAT');
  });

  it('names that no key can have', () => {
    refusal(() => formatRegf(below(keyWith('', []))), 'E_NAME');
    refusal(() => formatRegf(below(keyWith('a\\b', []))), 'E_NAME');
    refusal(() => formatRegf(emptyKey(), { rootName: '' }), 'E_NAME');
  });

  it('what is too long, too deep or too big, with its place', () => {
    walkHive(formatRegf(below(keyWith('x'.repeat(255), []))));
    refusal(() => formatRegf(below(keyWith('x'.repeat(256), []))), 'E_LIMIT');
    walkHive(formatRegf(value(REG_SZ, 'v'.repeat(16_383))));
    const long = refusal(() => formatRegf(value(REG_SZ, 'v'.repeat(16_384))), 'E_LIMIT');
    expect(long.entry).to.match(/^Top\\K: value "v+"$/);
    walkHive(formatRegf(below(keyWith('K', [], [], { className: 'c'.repeat(32_767) }))));
    refusal(() => formatRegf(below(keyWith('K', [], [], { className: 'c'.repeat(32_768) }))), 'E_LIMIT');
    refusal(
      () => formatRegf(value(REG_BINARY, '', new Uint8Array(2 ** 20 + 1)), { version: '1.3' }),
      'E_LIMIT',
    );
    walkHive(formatRegf(value(REG_BINARY, '', new Uint8Array(2 ** 20)), { version: '1.3' }));
    let deep = keyWith('k', []);
    for (let depth = 1; depth < 512; depth++) deep = keyWith('k', [], [deep]);
    walkHive(formatRegf(keyWith('', [], [deep])));
    refusal(() => formatRegf(keyWith('', [], [keyWith('k', [], [deep])])), 'E_LIMIT');
  });

  it('a hive of 2 GiB, before any memory is taken for it', () => {
    const data = new Uint8Array(2 ** 28);
    const values = Array.from({ length: 8 }, (_, at) => ({ name: `${at}`, type: REG_BINARY, data }));
    expect(refusal(() => formatRegf(keyWith('', values)), 'E_LIMIT').message).to.contain('2147479552 bytes');
  });

  it('numbers that do not fit, and what is no descriptor', () => {
    for (const type of [-1, 1.5, 2 ** 32, NaN]) refusal(() => formatRegf(value(type, '')), 'E_FORMAT');
    for (const lastWrite of [-1n, 2n ** 64n]) {
      refusal(() => formatRegf(below({ ...emptyKey('K'), lastWrite })), 'E_FORMAT');
      refusal(() => formatRegf(emptyKey(), { lastWrite }), 'E_FORMAT');
    }
    const absolute = Uint8Array.from(defaultSecurity).fill(0, 2, 4);
    for (const security of [new Uint8Array(0), defaultSecurity.subarray(0, 19), absolute]) {
      const error = refusal(() => formatRegf(below(keyWith('K', [], [], { security }))), 'E_FORMAT');
      expect(error.entry).to.equal('Top\\K');
      refusal(() => formatRegf(emptyKey(), { security }), 'E_FORMAT');
    }
    // @ts-expect-error no such version
    refusal(() => formatRegf(emptyKey(), { version: '1.2' }), 'E_USAGE');
  });
});
