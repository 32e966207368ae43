import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { type HiveRoot, hiveRoots, type KeyAttributes, type RegistryKey } from '../../src/registry/hive.ts';
import { countKeys, emptyKey, equalKeys } from '../../src/registry/key.ts';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { formatHive, formatReg } from '../../src/registry/text/format-reg.ts';
import { fromUtf16, stringData, toUtf16 } from '../../src/registry/utf16.ts';
import { hive, keyOf } from './arbitrary.ts';
import { refusal, survives } from './expect-error.ts';

const head = '\ufeffWindows Registry Editor Version 5.00\r\n\r\n';

function again(root: HiveRoot, key: RegistryKey): RegistryKey {
  const registry = parseReg(formatHive(root, key));
  const read = registry.get(root);
  if (registry.size !== 1 || read === undefined) throw new Error('another hive came back');
  return read;
}

describe('canonical .reg text', () => {
  it('law: parse(format(hive)) = hive, and the text is the same again', () => {
    fc.assert(
      fc.property(hive, fc.constantFrom(...hiveRoots), (key, root) => {
        const read = again(root, key);
        expect(equalKeys(read, key)).to.equal(true);
        expect(Buffer.compare(formatHive(root, read), formatHive(root, key))).to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  it('law: hives have the same text only if they are equal, in whatever order they were made', () => {
    fc.assert(
      fc.property(hive, hive, (a, b) => {
        const same = Buffer.compare(formatHive('user', a), formatHive('user', b)) === 0;
        expect(same).to.equal(equalKeys(a, b));
        const turned = {
          ...a,
          values: new Map([...a.values].reverse()),
          keys: new Map([...a.keys].reverse()),
        };
        expect(Buffer.compare(formatHive('user', turned), formatHive('user', a))).to.equal(0);
      }),
      { numRuns: 200 },
    );
  });

  it('law: a registry of several hives comes back', () => {
    fc.assert(
      fc.property(
        fc.array(hive, { minLength: 4, maxLength: 4 }),
        fc.subarray([...hiveRoots]),
        (keys, roots) => {
          const registry = new Map(roots.map((root, at) => [root, keys[at] ?? emptyKey()]));
          const read = parseReg(formatReg(registry));
          expect([...read.keys()].sort()).to.deep.equal([...roots].sort());
          for (const [root, key] of registry)
            expect(equalKeys(key, read.get(root) ?? emptyKey('x'))).to.equal(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('writes what FORMAT §3.4 shows', () => {
    const key = keyOf(
      '',
      'key',
      [],
      [
        keyOf('b', 'delete-entry', [], []),
        keyOf(
          'A',
          'opaque',
          [
            { name: 'n', type: 1, data: stringData('C:\\"x"') },
            { name: '', type: 4, data: Uint8Array.of(1, 0, 0, 0) },
            { name: 'gone', type: 'delete-entry', data: new Uint8Array(0) },
            { name: 'line', type: 1, data: stringData('\n') },
            { name: 'odd', type: 4, data: Uint8Array.of(1) },
            { name: 'bin', type: 3, data: new Uint8Array(0) },
            { name: 'big', type: 0xffff1234, data: Uint8Array.of(0xde) },
          ],
          [keyOf('child', 'key', [], [])],
        ),
      ],
    );
    expect(fromUtf16(formatHive('user-template', key))).to.equal(
      [
        '\ufeffWindows Registry Editor Version 5.00',
        '',
        '[HKEY_USERS\\.DEFAULT]',
        '',
        '[-HKEY_USERS\\.DEFAULT\\A]',
        '',
        '[HKEY_USERS\\.DEFAULT\\A]',
        '@=dword:00000001',
        '"big"=hex(ffff1234):de',
        '"bin"=hex:',
        '"gone"=-',
        '"line"=hex(1):0a,00,00,00',
        '"n"="C:\\\\\\"x\\""',
        '"odd"=hex(4):01',
        '',
        '[HKEY_USERS\\.DEFAULT\\A\\child]',
        '',
        '[-HKEY_USERS\\.DEFAULT\\b]',
        '',
        '',
      ].join('\r\n'),
    );
  });

  it('writes attributes as comments behind the key, and reads them again', () => {
    const security = Uint8Array.from({ length: 40 }, (_, at) => at);
    const attributes = { link: true, className: 'a"\\b\r\n;', security } as const;
    const child = { ...keyOf('k', 'opaque', [{ name: '', type: 3, data: security }], []), attributes };
    const lines = fromUtf16(formatHive('user', keyOf('', 'key', [], [child])))
      .split('\r\n')
      .slice(6);
    expect(lines).to.deep.equal([
      '[HKEY_CURRENT_USER\\k]',
      ';#link',
      ';#class="a\\"\\\\b\\r\\n;"',
      ';#security=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,\\',
      ';  15,16,17,18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27',
      '@=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,16,17,\\',
      '  18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27',
      '',
      '',
    ]);
    const read = again('user', keyOf('', 'key', [], [child])).keys.get('K');
    expect(read?.attributes).to.deep.equal(attributes);
  });

  it('writes a security descriptor once where keys below have the same', () => {
    const same = { attributes: { security: Uint8Array.of(1) } };
    const link: KeyAttributes = { link: true };
    const other = { ...keyOf('o', 'key', [], [{ ...emptyKey('k'), ...same }]), attributes: link };
    const key = { ...keyOf('', 'key', [], [{ ...emptyKey('k'), ...same }, other]), ...same };
    const lines = fromUtf16(formatHive('user', key))
      .split('\r\n')
      .filter((line) => /^[;[]/.test(line));
    expect(lines).to.deep.equal([
      '[HKEY_CURRENT_USER]',
      ';#security=hex:01',
      '[HKEY_CURRENT_USER\\k]',
      ';#security=above',
      '[HKEY_CURRENT_USER\\o]',
      ';#link',
      '[HKEY_CURRENT_USER\\o\\k]',
      ';#security=hex:01',
    ]);
    expect(equalKeys(again('user', key), key)).to.equal(true);
  });

  it('writes nothing for what is no attribute, nor when a key was last written', () => {
    const bare = formatHive(
      'user',
      keyOf('', 'key', [], [keyOf('k', 'delete-entry', [], []), emptyKey('l')]),
    );
    const nothing = { attributes: { className: '', security: new Uint8Array(0) }, lastWrite: 5n };
    const link = { attributes: { link: true } } as const;
    const keys = [
      { ...keyOf('k', 'delete-entry', [], []), ...link },
      { ...emptyKey('l'), ...nothing },
    ];
    expect(formatHive('user', keyOf('', 'key', [], keys))).to.deep.equal(bare);
  });

  it('refuses attributes that no reader takes', () => {
    const key = (attributes: KeyAttributes): RegistryKey => ({ ...emptyKey(), attributes });
    refusal(() => formatHive('user', key({ className: 'c'.repeat(32_768) })), 'E_LIMIT');
    refusal(() => formatHive('user', key({ security: new Uint8Array(2 ** 20 + 1) })), 'E_LIMIT');
    again('user', key({ className: 'c'.repeat(32_767), security: new Uint8Array(2 ** 20) }));
  });

  it('tells an empty hive from none', () => {
    expect(fromUtf16(formatHive('machine', emptyKey()))).to.equal(`${head}[HKEY_LOCAL_MACHINE]\r\n\r\n`);
    expect(fromUtf16(formatReg(new Map()))).to.equal(head);
    expect(parseReg(formatReg(new Map())).size).to.equal(0);
  });

  it('folds bytes behind column 77', () => {
    const data = Uint8Array.from({ length: 60 }, (_, at) => at);
    const text = fromUtf16(formatHive('machine', keyOf('', 'key', [{ name: 'long', type: 3, data }], [])));
    const lines = text.split('\r\n').slice(3, 6);
    expect(lines.map((line) => line.length)).to.deep.equal([78, 78, 40]);
    expect(lines[0]).to.match(/^"long"=hex:00,.*,15,\\$/);
    expect(lines[1]).to.match(/^ {2}16,.*,2e,\\$/);
  });

  const refused: [string, string, HiveRoot][] = [
    ['an empty name', '', 'machine'],
    ['a backslash', 'a\\b', 'machine'],
    ['a line break', 'a\r\n[HKEY_LOCAL_MACHINE\\b', 'machine'],
    ['a name that is too long', 'a'.repeat(256), 'machine'],
    ['the template among the users', '.default', 'users'],
  ];
  for (const [what, name, root] of refused) {
    it(`refuses ${what} in a key's name`, () => {
      refusal(() => formatHive(root, keyOf('', 'key', [], [keyOf(name, 'key', [], [])])), 'E_NAME');
    });
  }

  it('refuses a value name that is too long, and a key that is too deep', () => {
    const value = { name: 'a'.repeat(16_384), type: 3, data: new Uint8Array(0) };
    refusal(() => formatHive('user', keyOf('', 'key', [value], [])), 'E_NAME');
    let key = emptyKey('a');
    for (let depth = 0; depth < 513; depth++) key = keyOf(depth === 512 ? '' : 'a', 'key', [], [key]);
    refusal(() => formatHive('user', key), 'E_LIMIT');
    expect(countKeys(key).keys).to.equal(513);
  });

  describe('real exports', () => {
    const data =
      process.env['VPA_TEST_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
    const counts: [string, HiveRoot, number, number][] = [
      ['weird-out.reg', 'machine', 6, 24],
      ['weird.reg', 'machine', 6, 24],
      ['hkcu.reg', 'user', 80, 488],
    ];
    for (const [name, root, keys, values] of counts) {
      it(`reads ${name} and writes it again`, function () {
        const file = `${data}/wine/reg/${name}`;
        if (!existsSync(file)) {
          process.stderr.write(`skipped: ${name} is not in ${data}/wine/reg; set VPA_TEST_DATA\n`);
          this.skip();
        }
        const key = parseReg(new Uint8Array(readFileSync(file))).get(root) ?? emptyKey('missing');
        expect(equalKeys(again(root, key), key)).to.equal(true);
        expect(countKeys(key)).to.deep.equal({ keys, values });
      });
    }
  });

  it('fuzz: damaged text is read or refused, never worse', () => {
    let read = 0;
    fc.assert(
      fc.property(
        hive,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        fc.boolean(),
        (key, flips, cut, cuts) => {
          const text = formatHive('machine', key).slice();
          for (const [at, byte] of flips) text[at % text.length] = byte;
          const damaged = cuts ? text.subarray(0, cut % text.length) : text;
          if (survives(() => formatReg(parseReg(damaged)))) read++;
        },
      ),
      { numRuns: 500 },
    );
    expect(read).to.be.above(0);
  });

  it('fuzz: any text behind the first line', () => {
    const piece = fc.constantFrom(
      '[HKLM',
      ']',
      '\\',
      '"',
      '=',
      '-',
      'hex',
      '(',
      '):',
      ',',
      '0',
      ';',
      '\r\n;#link\r\n',
      ';#class="',
      ';#security=hex:',
      '\r\n',
      ' ',
      'dword:',
      '@',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        survives(() => formatReg(parseReg(toUtf16(head + pieces.join('')))));
      }),
      { numRuns: 500 },
    );
  });
});
