/** The rules of Wine's registry text, one by one (wine, server/registry.c and server/unicode.c). */
import { expect } from 'chai';
import fc from 'fast-check';
import type { RegistryKey, RegistryValue } from '../../../src/registry/hive.ts';
import { equalKeys } from '../../../src/registry/key.ts';
import type { RegistryLimits } from '../../../src/registry/limits.ts';
import { fromUtf16, stringData, toUtf16 } from '../../../src/registry/utf16.ts';
import { formatWine } from '../../../src/registry/wine/format-wine.ts';
import { fromWine } from '../../../src/registry/wine/from-wine.ts';
import { parseWine } from '../../../src/registry/wine/parse-wine.ts';
import { toWine } from '../../../src/registry/wine/to-wine.ts';
import { wineRootOf } from '../../../src/registry/wine/wine-registry.ts';
import { hive, keyOf } from '../arbitrary.ts';
import { refusal } from '../expect-error.ts';

const head = 'WINE REGISTRY Version 2\n;; All keys relative to REGISTRY\\\\Machine\n\n#arch=win64\n';
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const parse = (body: string): RegistryKey => fromWine(parseWine(latin1(head + body)));

function written(key: RegistryKey): string {
  const wine = toWine(key, { relativeTo: 'REGISTRY\\Machine' });
  return Buffer.from(formatWine(wine)).toString('latin1').slice(head.length);
}

function lineOf(value: RegistryValue): string {
  return written(keyOf('', 'key', [value], []))
    .split('\n')
    .slice(3)
    .join('\n')
    .trimEnd();
}

/** Without security descriptors, which Wine has no place for. */
function insecure(key: RegistryKey): RegistryKey {
  const { className, link } = key.attributes ?? {};
  const keys = new Map([...key.keys].map(([folded, child]) => [folded, insecure(child)]));
  const attributes = { ...(className !== undefined && { className }), ...(link && { link }) };
  return { ...key, attributes, keys };
}

/** A line, and the value that it is: type and data. */
const lines: [string, number, Uint8Array][] = [
  ['@=""', 1, stringData('')],
  ['@="a\\\\b\\"c[d]"', 1, stringData('a\\b"c[d]')],
  ['@="\\a\\b\\t\\n\\v\\f\\r\\e"', 1, stringData('\x07\b\t\n\v\f\r\x1b')],
  ['@="\\1\\37x\\0017\\08"', 1, stringData('\x01\x1fx\x017\x008')],
  ['@="\x7f"', 1, stringData('\x7f')],
  ['@="\\x80g\\x00dfe\\xffff\\xd83d\\xde00"', 1, stringData('\x80g\xdfe\uffff\u{1f600}')],
  ['@="\\x6f22\\x5b57 "', 1, stringData('漢字 ')],
  ['@="a\\0"', 1, toUtf16('a\0\0')],
  ['@=str(2):"%A%\\\\b"', 2, stringData('%A%\\b')],
  ['@=str(7):"a\\0b\\0"', 7, toUtf16('a\0b\0\0')],
  ['@=str(7):""', 7, toUtf16('\0')],
  ['@=dword:0000000a', 4, Uint8Array.of(10, 0, 0, 0)],
  ['@=hex(4):01,02,03', 4, Uint8Array.of(1, 2, 3)],
  ['@=hex:', 3, new Uint8Array(0)],
  ['@=hex:ff', 3, Uint8Array.of(255)],
  ['@=hex(0):', 0, new Uint8Array(0)],
  ['@=hex(1):', 1, new Uint8Array(0)],
  ['@=hex(1):61,00', 1, toUtf16('a')],
  ['@=hex(2):61', 2, Uint8Array.of(0x61)],
  ['@=hex(7):61,00,00,00,62,00', 7, toUtf16('a\0b')],
  ['@=hex(ffff1003):01', 0xffff1003, Uint8Array.of(1)],
];

describe('wine: text', () => {
  for (const [line, type, data] of lines) {
    it(line, () => {
      const [value] = parse(`\n[a] 1\n${line}\n`).keys.get('A')?.values.values() ?? [];
      expect(value).to.deep.equal({ name: '', type, data });
      expect(lineOf({ name: '', type, data })).to.equal(line);
    });
  }

  it('pads octal numbers before octal digits, and hexadecimal ones before hexadecimal digits', () => {
    const escaped = (text: string): string => lineOf({ name: '', type: 1, data: stringData(text) });
    expect(escaped('\x017')).to.equal('@="\\0017"');
    expect(escaped('\x018')).to.equal('@="\\18"');
    expect(escaped('\0' + '0')).to.equal('@="\\0000"');
    expect(escaped('\xdfF')).to.equal('@="\\x00dfF"');
    expect(escaped('\xdfg')).to.equal('@="\\xdfg"');
    expect(escaped('\xdf\xdf')).to.equal('@="\\xdf\\xdf"');
  });

  it('takes what Wine takes: other escapes, letters above ASCII, times without seconds', () => {
    const key = parse('[a]\n"\\q\\x"="\\x\\xg\\xe9\xe9\\777"\n"n" = dword:A ; x\n\n[b]\r\n"v"="w"\r\n');
    const values = [...(key.keys.get('A')?.values.values() ?? [])];
    expect(values.map(({ name, data }) => [name, [...data]])).to.deep.equal([
      ['qx', [...stringData('xxgéé\u01ff')]],
      ['n', [10, 0, 0, 0]],
    ]);
    expect(fromUtf16(key.keys.get('B')?.values.get('V')?.data ?? new Uint8Array(0))).to.equal('w\0');
  });

  it('folds bytes where Wine does', () => {
    const data = new Uint8Array(60);
    const text = lineOf({ name: 'name', type: 3, data });
    // 76 characters and the backslash, as in Wine's own files.
    expect(text.split('\n').map((line) => line.length)).to.deep.equal([78, 78, 40]);
    expect(text).to.match(/,\\\n {2}00,/);
  });

  it('leaves implied keys out, and keeps empty keys, classes and links', () => {
    const body =
      '\n[a] 1\n#time=19db1ded5d71680\n#class="c\\"d"\n' +
      '\n[a\\\\\\[x\\]] 1\n#time=19db1ded5d71680\n#link\n"SymbolicLinkValue"=hex(6):61,00\n' +
      '\n[a\\\\b\\\\c] 1\n#time=19db1ded5d71680\n';
    const key = parse(body);
    const a = key.keys.get('A');
    expect(a?.attributes).to.deep.equal({ className: 'c"d' });
    expect(a?.lastWrite).to.equal(0x19db1ded5d71680n);
    expect(a?.keys.get('B')?.lastWrite).to.equal(undefined);
    expect(a?.keys.get('[X]')?.attributes).to.deep.equal({ link: true });
    expect(written(key)).to.equal(body);
  });

  it('sorts as Wine does: by lower case', () => {
    const key = keyOf(
      '',
      'key',
      [],
      ['_', 'a', 'B', '[', 'a b', 'a\u00e9', 'aZ'].map((name) => keyOf(name, 'key', [], [])),
    );
    const names = [...written(key).matchAll(/^\[(.*)\] /gm)].map((match) => match[1]);
    expect(names).to.deep.equal(['\\[', '_', 'a', 'a b', 'aZ', 'a\\xe9', 'B']);
  });

  it('keeps a section that did not change as it is, odd times and unknown lines too', () => {
    const body = '\n[a]\n;x\n#unknown=1\n"v"="1"\n\n[b] 7\n#time=1\n"v"="1"\n';
    const previous = parseWine(latin1(head + body));
    expect(Buffer.from(formatWine(previous)).toString('latin1')).to.equal(
      `${head}\n[a]\n;x\n#unknown=1\n"v"="1"\n\n[b] 7\n#time=000000001\n"v"="1"\n`,
    );
    const key = fromWine(previous);
    const b = { ...keyOf('b', 'key', [{ name: 'v', type: 1, data: stringData('2') }], []) };
    const changed = { ...key, keys: new Map([...key.keys, ['B', b]]) };
    const text = Buffer.from(formatWine(toWine(changed, { previous }))).toString('latin1');
    expect(text.slice(head.length)).to.equal(
      '\n[a]\n;x\n#unknown=1\n"v"="1"\n\n[b] 0\n#time=19db1ded53e8000\n"v"="2"\n',
    );
  });

  it('law: from(parse(format(to(key)))) = key, where Wine can hold it', () => {
    let held = 0;
    fc.assert(
      fc.property(hive, (key) => {
        let text: Uint8Array;
        try {
          text = formatWine(toWine(key));
        } catch {
          return;
        }
        held++;
        expect(equalKeys(fromWine(parseWine(text)), insecure(key))).to.equal(true);
        expect(Buffer.from(text).every((byte) => byte < 128)).to.equal(true);
      }),
      { numRuns: 400 },
    );
    expect(held).to.be.greaterThan(20);
  });

  it('refuses to write what Wine would not read again', () => {
    refusal(() => written(keyOf('', 'key', [], [keyOf('a\0', 'key', [], [])])), 'E_NAME');
    refusal(() => written(keyOf('', 'key', [], [keyOf('a\\b', 'key', [], [])])), 'E_NAME');
    refusal(() => written(keyOf('', 'key', [], [keyOf('', 'key', [], [])])), 'E_NAME');
    refusal(
      () => written(keyOf('', 'key', [{ name: 'a\0', type: 3, data: Uint8Array.of(1) }], [])),
      'E_NAME',
    );
    refusal(() => written(keyOf('', 'key', [], [keyOf('a', 'delete-entry', [], [])])), 'E_FORMAT');
    refusal(
      () => written(keyOf('', 'key', [{ name: 'a', type: 'delete-entry', data: new Uint8Array(0) }], [])),
      'E_FORMAT',
    );
    let deep = keyOf('a', 'key', [], []);
    for (let depth = 0; depth < 513; depth++) deep = keyOf('a', 'key', [], [deep]);
    refusal(() => written(deep), 'E_LIMIT');
  });

  it('knows what the files are relative to', () => {
    expect(wineRootOf('REGISTRY\\Machine')).to.equal('machine');
    expect(wineRootOf('\\Machine')).to.equal('machine');
    expect(wineRootOf('REGISTRY\\User\\S-1-5-21-0-0-0-1000')).to.equal('user');
    expect(wineRootOf('REGISTRY\\User\\.Default')).to.equal('user-template');
    for (const other of [
      null,
      '',
      'REGISTRY',
      'REGISTRY\\User',
      'REGISTRY\\Machine\\Software',
      'REGISTRY\\User\\',
    ])
      expect(wineRootOf(other)).to.equal(null);
  });

  const bad: [string, number, string][] = [
    ['\nx', 6, 'a key in brackets'],
    ['\n"a"="b"', 6, 'a key in brackets'],
    ['[a', 5, 'closing ]'],
    ['[a\\]', 5, 'closing ]'],
    ['[a\\\\\\\\b]', 5, 'a name between'],
    ['[a] x', 5, 'seconds'],
    ['[a] 4294967296', 5, 'seconds'],
    ['[a]\n#time=', 6, 'FILETIME'],
    ['[a]\n#time=12345678901234567', 6, 'FILETIME'],
    ['[a]\n#class="a', 6, 'closing "'],
    ['[a]\n"a', 6, 'closing "'],
    ['[a]\n"a\\', 6, 'the end of'],
    ['[a]\n"a"', 6, '= behind'],
    ['[a]\n"a"="b', 6, 'closing "'],
    ['[a]\n"a"="b" c', 6, 'the end of the line'],
    ['[a]\n"a"=-', 6, 'a string'],
    ['[a]\n"a"=x', 6, 'a string'],
    ['[a]\n"a"=str(3):"b"', 6, 'a string'],
    ['[a]\n"a"=dword:g', 6, 'hexadecimal'],
    ['[a]\n"a"=hex:1,\\\n  zz', 7, 'two hexadecimal'],
    ['[a]\nx', 6, 'a key in brackets, a value'],
  ];
  for (const [body, line, expected] of bad) {
    it(`refuses ${JSON.stringify(body)}`, () => {
      const { message } = refusal(() => parse(body), 'E_FORMAT');
      expect(message).to.match(new RegExp(`^line ${line}: `));
      expect(message).to.include(expected);
    });
  }

  it('refuses what is no such file', () => {
    refusal(() => parseWine(latin1('')), 'E_FORMAT');
    refusal(() => parseWine(latin1('WINE REGISTRY Version 3\n')), 'E_FORMAT');
  });

  const large: [string, string, Partial<RegistryLimits>][] = [
    ['size', '', { size: 10 }],
    ['depth', `[${'a\\\\'.repeat(513)}a]`, {}],
    ['an endless path', `[${'a\\\\'.repeat(300_000)}a]`, {}],
    ['key name', `[${'a'.repeat(256)}]`, {}],
    ['value name', `[a]\n"${'a'.repeat(16_384)}"="x"`, {}],
    ['hex data', '[a]\n"a"=hex:1,2,3', { valueData: 2 }],
    ['string data', '[a]\n"a"="12"', { valueData: 4 }],
    ['keys', '[a\\\\b\\\\c]', { keys: 3 }],
    ['sections', '[a]\n[a]\n[a]', { keys: 2 }],
    ['values', '[a]\n"a"="1"\n"a"="1"', { values: 1 }],
  ];
  for (const [name, body, limits] of large) {
    it(`limits ${name}`, () =>
      refusal(() => fromWine(parseWine(latin1(head + body), limits), limits), 'E_LIMIT'));
  }

  it('needs linear time', () => {
    const body = Array.from(
      { length: 40_000 },
      (_, at) => `[Software\\\\Acme\\\\${at % 90}\\\\K${at}] 1\n"n"="C:\\\\x\\x20ac"\n`,
    );
    const data = latin1(head + body.join('\n'));
    const start = performance.now();
    expect(Buffer.from(formatWine(toWine(fromWine(parseWine(data))))).length).to.be.greaterThan(1_000_000);
    // A fraction of a second on an idle machine; the rest is for busy ones.
    expect(performance.now() - start).to.be.below(6000);
  });
});
