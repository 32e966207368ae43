import { expect } from 'chai';
import fc from 'fast-check';
import { applyDelta } from '../../../src/registry/delta/apply-delta.ts';
import { decodeDelta } from '../../../src/registry/delta/decode-delta.ts';
import { diffHives } from '../../../src/registry/delta/diff.ts';
import { encodeDelta } from '../../../src/registry/delta/encode-delta.ts';
import { formatReg } from '../../../src/registry/text/format-reg.ts';
import {
  canHold,
  detectForm,
  formatJson,
  openRegistry,
  parseJson,
  readRegistry,
  type RegistryForm,
  writeAgain,
  writeAgainOrUnicode,
  writeRegistry,
} from '../../../src/registry/forms/forms.ts';
import { type HiveRoot, hiveRoots, type Registry, type RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../../src/registry/key.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { stringData } from '../../../src/registry/utf16.ts';
import { hive, keyOf } from '../arbitrary.ts';
import { refusal, survives } from '../expect-error.ts';
import { dataFile } from '../wine/test-files.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const example = parseReg(
  utf8(`Windows Registry Editor Version 5.00
[HKEY_LOCAL_MACHINE\\Software\\Acme]
@="C:\\\\Acme"
"Count"=dword:0000000a
"List"=hex(7):61,00,00,00,62,00,00,00,00,00
"Path"=hex(2):25,00,41,00,25,00,00,00
"Big"=hex(b):ff,ff,ff,ff,ff,ff,ff,ff
"Odd"=hex(1):61
[HKEY_LOCAL_MACHINE\\Software\\Acme\\Empty]
`),
);

function expectSame(a: Registry, b: Registry): void {
  for (const root of hiveRoots) {
    expect(equalKeys(a.get(root) ?? emptyKey(), b.get(root) ?? emptyKey()), root).to.equal(true);
  }
}

/** As the example, with another number. */
function changed(registry: Registry, root: HiveRoot = 'machine'): Registry {
  const value = { name: 'New', type: 1, data: stringData('1') };
  const key = registry.get(root) ?? emptyKey();
  const inner = keyOf('Added', 'key', [value], []);
  return new Map([...registry, [root, { ...key, keys: new Map([...key.keys, ['ADDED', inner]]) }]]);
}

describe('registry forms', () => {
  const detected: [string | Uint8Array, RegistryForm | null][] = [
    ['Windows Registry Editor Version 5.00\r\n', 'reg5'],
    ['\ufeffWindows Registry Editor Version 5.00', 'reg5'],
    [Buffer.from('Windows Registry Editor Version 5.00', 'utf16le'), 'reg5'],
    [Buffer.from('\ufeffWindows Registry Editor Version 5.00', 'utf16le'), 'reg5'],
    ['REGEDIT4\r\n', 'reg4'],
    ['WINE REGISTRY Version 2\n', 'wine'],
    ['regf....', 'regf'],
    ['{\n "format": "vpa-registry/1",', 'json'],
    ['{"a":1}', null],
    ['', null],
    ['MZ', null],
    ['windows registry editor', null],
  ];
  for (const [content, form] of detected) {
    const bytes = typeof content === 'string' ? utf8(content) : content;
    it(`${JSON.stringify(Buffer.from(bytes.subarray(0, 30)).toString())} is ${form}`, () => {
      expect(detectForm(bytes)).to.equal(form);
    });
  }

  for (const form of ['reg5', 'reg4', 'wine', 'regf', 'json'] as const) {
    it(`${form}: read as it was written, and written again as it was`, async () => {
      const registry = form === 'reg4' ? withoutOdd(example) : example;
      const bytes = writeRegistry(registry, form);
      expect(detectForm(bytes)).to.equal(form);
      const options = { root: 'machine' };
      expectSame(await readRegistry(bytes, options), registry);
      const source = openRegistry(bytes, options);
      expect(Buffer.compare(writeAgain(source.registry, source), bytes)).to.equal(0);
      expect(Buffer.compare(writeRegistry(source.registry, form, bytes, options), bytes)).to.equal(0);
      expect(Buffer.compare(writeRegistry(registry, form), bytes), 'the same bytes twice').to.equal(0);
      const again = writeAgain(changed(registry), source, { time: 5 });
      expect(detectForm(again)).to.equal(form);
      expectSame(await readRegistry(again, options), changed(registry));
    });
  }

  it('weird.reg comes back in every form that can hold it', async () => {
    const text = dataFile('wine/reg/weird.reg');
    if (text === null) return;
    const registry = parseReg(text);
    for (const form of ['reg5', 'wine', 'regf', 'json'] as const) {
      const bytes = writeRegistry(registry, form);
      expectSame(await readRegistry(bytes, { root: 'machine' }), registry);
    }
    refusal(() => writeRegistry(registry, 'reg4'), 'E_NAME');
  });

  it('REGEDIT4 becomes version 5 where it has to', () => {
    const source = openRegistry(utf8('REGEDIT4\n[HKCU\\A]\n"v"="x"\n'));
    const snowman = keyOf('', 'key', [{ name: '☃', type: 3, data: Uint8Array.of(1) }], []);
    expect(detectForm(writeAgainOrUnicode(source.registry, source))).to.equal('reg4');
    expect(detectForm(writeAgainOrUnicode(new Map([['user', snowman]]), source))).to.equal('reg5');
  });

  it('JSON: law: lossless; and with a view of the data', () => {
    const json: unknown = JSON.parse(Buffer.from(formatJson(example)).toString());
    const text = JSON.stringify(json);
    for (const view of [
      '"text":"C:\\\\Acme"',
      '"number":10',
      '"strings":["a","b"]',
      '"text":"%A%"',
      '"digits":"18446744073709551615"',
    ])
      expect(text).to.include(view);
    fc.assert(
      fc.property(hive, hive, (user, machine) => {
        const registry: Registry = new Map([
          ['machine', machine],
          ['user', { ...user, lastWrite: 5n }],
        ]);
        const back = parseJson(formatJson(registry));
        expectSame(back, registry);
        expect(back.get('user')?.lastWrite).to.equal(5n);
      }),
      { numRuns: 100 },
    );
  });

  it('JSON: refuses what is not so', () => {
    const start = '{"format":"vpa-registry/1","hives":';
    const bad = [
      '',
      '[]',
      `${start}{"other":{}}}`,
      `${start}{"user":{}}}`,
      `${start}{"user":{"name":"","values":[{"name":"a","type":1,"data":"0"}],"keys":[]}}}`,
      `${start}{"user":{"name":"","values":[{"name":"a","type":-1,"data":""}],"keys":[]}}}`,
      `${start}{"user":{"name":"","values":[{"name":"a","type":1,"data":""},{"name":"A","type":1,"data":""}],"keys":[]}}}`,
    ];
    for (const text of bad) refusal(() => parseJson(utf8(text)), 'E_FORMAT');
    const deep = `${'{"name":"a","values":[],"keys":['.repeat(600)}${']}'.repeat(600)}`;
    refusal(() => parseJson(utf8(`${start}{"user":${deep}}}`)), 'E_LIMIT');
  });

  it('a hive belongs where one says, or where its name does', async () => {
    const classes = keyOf('', 'key', [], [keyOf('.acn', 'key', [], [])]);
    const bytes = writeRegistry(new Map([['user', classes]]), 'regf');
    const paths = async (options: { name?: string; root?: string }): Promise<string> => {
      const [[root, key] = []] = await readRegistry(bytes, options);
      const names: string[] = [];
      for (let at = key; at && at.keys.size > 0;) {
        at = [...at.keys.values()][0];
        if (at) names.push(at.name);
      }
      return [root, ...names].join('\\');
    };
    expect(await paths({ name: 'User.dat' })).to.equal('user\\.acn');
    expect(await paths({ name: 'Registry.dat' })).to.equal('machine\\.acn');
    expect(await paths({ name: 'UserClasses.dat' })).to.equal('user\\Software\\Classes\\.acn');
    expect(await paths({ name: 'SOFTWARE' })).to.equal('machine\\Software\\.acn');
    expect(await paths({ name: 'x', root: 'users' })).to.equal('users\\.acn');
    expect(await paths({ root: 'HKCR' })).to.equal('machine\\Software\\Classes\\.acn');
    refusal(() => openRegistry(bytes, { name: 'x.dat' }), 'E_USAGE');
    refusal(() => openRegistry(bytes, { root: 'HKXX' }), 'E_USAGE');
    // The key on the way is not in the file, and cannot get values there.
    const source = openRegistry(bytes, { name: 'UserClasses.dat' });
    expect(Buffer.compare(writeAgain(source.registry, source), bytes)).to.equal(0);
    refusal(() => writeAgain(changed(source.registry, 'user'), source), 'E_FORMAT');
    refusal(() => writeAgain(changed(source.registry, 'machine'), source), 'E_FORMAT');
    expect(canHold(source, 'user')).to.equal(true);
    expect(canHold(source, 'machine')).to.equal(false);
  });

  it('several hives in one file have the layout of App-V', async () => {
    const registry = changed(changed(changed(changed(example, 'user'), 'users'), 'user-template'));
    const bytes = writeRegistry(registry, 'regf');
    expectSame(await readRegistry(bytes), registry);
    expectSame(await readRegistry(bytes, { name: 'Registry.dat' }), registry);
    const key = (await readRegistry(bytes, { root: 'machine' })).get('machine');
    expect([...(key?.keys.get('REGISTRY')?.keys.get('USER')?.keys.keys() ?? [])].sort()).to.deep.equal([
      '.DEFAULT',
      'ADDED',
      '[{APPVCURRENTUSERSID}]',
    ]);
  });

  it('keys without a change keep their time in a hive', async () => {
    const timed = (key: RegistryKey): RegistryKey => ({
      ...key,
      lastWrite: 1_000n,
      keys: new Map([...key.keys].map(([folded, child]) => [folded, timed(child)])),
    });
    const before: Registry = new Map([['machine', timed(example.get('machine') ?? emptyKey())]]);
    const bytes = writeRegistry(before, 'regf');
    const options = { root: 'machine', time: 0 };
    const after = await readRegistry(writeRegistry(changed(example), 'regf', bytes, options), options);
    const machine = after.get('machine');
    expect(machine?.lastWrite).to.equal(1_000n);
    expect(machine?.keys.get('SOFTWARE')?.keys.get('ACME')?.lastWrite).to.equal(1_000n);
    expect(machine?.keys.get('ADDED')?.lastWrite).to.equal(0x19db1ded53e8000n);
  });

  it('law: every hive that a form takes comes back', () => {
    const held = new Map<string, number>();
    fc.assert(
      fc.property(hive, fc.constantFrom('reg5', 'wine', 'regf', 'json'), (key, form) => {
        const registry: Registry = new Map([['user', key]]);
        let bytes = new Uint8Array(0);
        // A hive cannot say that a key hides what is below where a key above does already.
        if (form === 'regf' && isOpaqueTwice(key)) return;
        if (!survives(() => void (bytes = Uint8Array.from(writeRegistry(registry, form))))) return;
        held.set(form, (held.get(form) ?? 0) + 1);
        const back = openRegistry(bytes, { root: 'user' }).registry.get('user') ?? emptyKey();
        // Wine keeps no security.
        const expected = form === 'wine' ? plain(key) : key;
        expect(equalKeys(back, expected), form).to.equal(true);
      }),
      { numRuns: 400 },
    );
    for (const form of ['reg5', 'wine', 'regf', 'json']) expect(held.get(form), form).to.be.greaterThan(5);
  });

  it('refuses what is no registry, and more than a Wine file can hold', async () => {
    refusal(() => openRegistry(utf8('MZ')), 'E_FORMAT');
    refusal(() => writeRegistry(new Map([['users', emptyKey()]]), 'wine'), 'E_FORMAT');
    refusal(() => writeRegistry(changed(example, 'user'), 'wine'), 'E_USAGE');
    refusal(() => writeRegistry(changed(example, 'user'), 'wine', undefined, { root: 'user' }), 'E_FORMAT');
    refusal(() => openRegistry(utf8('WINE REGISTRY Version 2\n')), 'E_USAGE');
    expect([
      ...(await readRegistry(utf8('WINE REGISTRY Version 2\n'), { name: 'user.reg' })).keys(),
    ]).to.deep.equal(['user']);
    expect([...(await readRegistry(formatReg(example))).keys()]).to.deep.equal(['machine']);
  });

  it('patches a hive through the delta', () => {
    const bytes = writeRegistry(example, 'regf');
    const source = openRegistry(bytes, { root: 'machine' });
    const before = source.registry.get('machine') ?? emptyKey();
    const after = changed(source.registry).get('machine') ?? emptyKey();
    const delta = decodeDelta(encodeDelta(diffHives(before, after)));
    const patched = writeAgain(new Map([['machine', applyDelta(before, delta)]]), source);
    const back = openRegistry(patched, { root: 'machine' }).registry.get('machine') ?? emptyKey();
    expect(diffHives(back, after).records).to.deep.equal([]);
  });
});

function isOpaqueTwice(key: RegistryKey, inside = false): boolean {
  const here = inside || key.kind === 'opaque';
  if (inside && key.kind === 'opaque') return true;
  return [...key.keys.values()].some((child) => isOpaqueTwice(child, here));
}

/** Without security descriptors. */
function plain(key: RegistryKey): RegistryKey {
  const { className, link } = key.attributes ?? {};
  const attributes = { ...(className !== undefined && { className }), ...(link && { link }) };
  const keys = new Map([...key.keys].map(([folded, child]) => [folded, plain(child)]));
  return { ...key, attributes: key.kind === 'delete-entry' ? {} : attributes, keys };
}

/** Without the value that REGEDIT4 cannot hold. */
function withoutOdd(registry: Registry): Registry {
  const drop = (key: RegistryKey): RegistryKey => ({
    ...key,
    values: new Map([...key.values].filter(([folded]) => folded !== 'ODD')),
    keys: new Map([...key.keys].map(([folded, child]) => [folded, drop(child)])),
  });
  return new Map([...registry].map(([root, key]) => [root, drop(key)]));
}
