import { expect } from 'chai';
import {
  type HiveRoot,
  type KeyAttributes,
  type RegistryKey,
  type RegistryValue,
} from '../../src/registry/hive.ts';
import { type ParseRegOptions, parseReg } from '../../src/registry/text/parse-reg.ts';
import { stringData, toUtf16 } from '../../src/registry/utf16.ts';
import { refusal } from './expect-error.ts';

const v5 = 'Windows Registry Editor Version 5.00\r\n\r\n';

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function keyAt(text: string | Uint8Array, path: string, root: HiveRoot = 'machine'): RegistryKey {
  const registry = parseReg(typeof text === 'string' ? utf8(text) : text);
  let key = registry.get(root);
  for (const name of path === '' ? [] : path.split('\\')) key = key?.keys.get(name.toUpperCase());
  if (key === undefined) throw new Error(`no key ${path}`);
  return key;
}

function only(line: string): RegistryValue {
  const [value] = keyAt(`${v5}[HKEY_LOCAL_MACHINE\\K]\r\n${line}\r\n`, 'K').values.values();
  if (value === undefined) throw new Error('no value');
  return value;
}

function all(className: string, ...security: number[]): KeyAttributes {
  return { link: true, className, security: Uint8Array.from(security) };
}

describe('parseReg', () => {
  const body = '[HKEY_LOCAL_MACHINE\\Grün]\r\n"é"="ü€"\r\n';
  const encodings: [string, Uint8Array][] = [
    ['UTF-16LE with a mark', Uint8Array.of(0xff, 0xfe, ...toUtf16(v5 + body))],
    ['UTF-16LE', toUtf16(v5 + body)],
    ['UTF-8 with a mark', Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8(v5 + body))],
    ['UTF-8', utf8(v5 + body)],
    ['LF', utf8((v5 + body).replaceAll('\r\n', '\n'))],
    ['CR', utf8((v5 + body).replaceAll('\r\n', '\r'))],
  ];
  for (const [name, data] of encodings) {
    it(`reads ${name}`, () => {
      const key = keyAt(data, 'Grün');
      expect(key.name).to.equal('Grün');
      expect([...key.values.values()]).to.deep.equal([{ name: 'é', type: 1, data: stringData('ü€') }]);
    });
  }

  const lines: [string, string, number | 'delete-entry', number[] | string][] = [
    ['"a"="x"', 'a', 1, 'x\0'],
    ['@="x"', '', 1, 'x\0'],
    ['""="x"', '', 1, 'x\0'],
    ['"@"="x"', '@', 1, 'x\0'],
    ['  "a" = "x" ; why', 'a', 1, 'x\0'],
    ['"a"="x";y', 'a', 1, 'x\0'],
    ['"a;b"="x;y"', 'a;b', 1, 'x;y\0'],
    ['"a\\\\\\"b"="C:\\\\x \\"y\\""', 'a\\"b', 1, 'C:\\x "y"\0'],
    ['"a"="1\r\n2\n3"', 'a', 1, '1\r\n2\n3\0'],
    ['"a"="1\\n2\\r3\\0"', 'a', 1, '1\n2\r3\0\0'],
    ['"a"=dword:0000000a', 'a', 4, [10, 0, 0, 0]],
    ['"a"=dword:FFffFF01 ;x', 'a', 4, [1, 255, 255, 255]],
    ['"a"=dword:1', 'a', 4, [1, 0, 0, 0]],
    ['"a"=hex:', 'a', 3, []],
    ['"a"=hex:de,AD,1', 'a', 3, [0xde, 0xad, 1]],
    ['"a"=hex:01,02,', 'a', 3, [1, 2]],
    ['"a"=hex(b):01,02,03,04,05,06,07,08', 'a', 11, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['"a"=hex(0):', 'a', 0, []],
    ['"a"=hex(40001):61,00', 'a', 0x40001, [0x61, 0]],
    ['"a"=hex(ffffffff):01', 'a', 0xffffffff, [1]],
    ['"a"=hex:\\\r\n  01,\\\r\n\t02', 'a', 3, [1, 2]],
    ['"a"=hex:01,\\ ;c\r\n\r\n  ;d\r\n  02 ;e', 'a', 3, [1, 2]],
    ['"a"=-', 'a', 'delete-entry', []],
    ['@=-', '', 'delete-entry', []],
  ];
  for (const [line, name, type, data] of lines) {
    it(`reads ${JSON.stringify(line)}`, () => {
      const expected = typeof data === 'string' ? toUtf16(data) : Uint8Array.from(data);
      expect(only(line)).to.deep.equal({ name, type, data: expected });
    });
  }

  const roots: [string, HiveRoot, string][] = [
    ['HKEY_LOCAL_MACHINE', 'machine', ''],
    ['hklm\\A', 'machine', 'A'],
    ['HKCU\\A', 'user', 'A'],
    ['HKEY_CURRENT_USER', 'user', ''],
    ['HKCR\\.txt', 'machine', 'Software\\Classes\\.txt'],
    ['HKEY_CLASSES_ROOT', 'machine', 'Software\\Classes'],
    ['HKEY_USERS\\.default\\A', 'user-template', 'A'],
    ['HKU\\S-1-5-18', 'users', 'S-1-5-18'],
    ['HKEY_CURRENT_CONFIG\\A', 'machine', 'System\\CurrentControlSet\\Hardware Profiles\\Current\\A'],
    ['HKLM\\]x[=]', 'machine', ']x[=]'],
    ['HKLM\\a] ; b', 'machine', 'a] ; b'],
    ['HKLM\\A\\\\', 'machine', 'A'],
    ['HKLM\\ a ', 'machine', ' a '],
  ];
  for (const [path, root, inside] of roots) {
    it(`finds [${path}] in ${root}`, () => {
      expect(keyAt(`${v5}[${path}] ; comment\r\n`, inside, root).kind).to.equal('key');
      expect(parseReg(utf8(`${v5}[${path}]`)).size).to.equal(1);
    });
  }

  it('merges keys and values without regard to case, keeps the first spelling and the last data', () => {
    const key = keyAt(`${v5}[HKLM\\Key]\n"Case"="1"\n[HKLM\\KEY]\n"CASE"=dword:2\n"b"=-\n"B"="x"`, 'Key');
    expect(key.name).to.equal('Key');
    expect([...key.values.values()].map(({ name, type }) => [name, type])).to.deep.equal([
      ['Case', 4],
      ['b', 1],
    ]);
  });

  it('keeps deleted keys as delete entries, and as opaque ones when they come back', () => {
    const text = `${v5}[HKLM\\A]\n"x"="1"\n[HKLM\\A\\B]\n[-HKLM\\A]\n[-HKLM\\A\\C]\n`;
    const gone = keyAt(text, 'A');
    expect([gone.kind, gone.values.size, gone.keys.size]).to.deep.equal(['delete-entry', 0, 0]);
    expect(keyAt(`${text}[HKLM\\A]`, 'A').kind).to.equal('opaque');
    const revived = keyAt(`${text}[HKLM\\A\\D]`, 'A');
    expect([revived.kind, revived.keys.get('D')?.kind]).to.deep.equal(['opaque', 'key']);
    expect(keyAt(`${v5}[-HKLM\\P\\Q]`, 'P').kind).to.equal('key');
  });

  const described: [string, string, KeyAttributes | undefined][] = [
    ['all of them', ';#link\n;#class="a\\n\\"b"\n;#security=hex:01,\\\n;  0f\n', all('a\n"b', 1, 15)],
    ['one of them', ';#class="C"\n', { className: 'C' }],
    ['the last line', ';#security=hex:01', { security: Uint8Array.of(1) }],
    ['an empty class', ';#class=""\n', undefined],
    ['a class that is not closed', ';#class="a\n', undefined],
    ['an unknown escape', ';#class="\\x"\n', undefined],
    ['text behind', ';#link x\n', undefined],
    ['a blank before', ' ;#link\n', undefined],
    ['another case', ';#Link\n', undefined],
    ['another order', ';#class="c"\n;#link\n', { className: 'c' }],
    ['an empty line before', '\n;#link\n', undefined],
    ['a value before', '"a"=""\n;#link\n', undefined],
    ['upper-case digits', ';#security=hex:0F\n', undefined],
    ['the descriptor of a key above that has none', ';#security=above\n', undefined],
    ['no bytes', ';#security=hex:\n', undefined],
    ['a comma at the end', ';#security=hex:01,\n', undefined],
    ['a fold that is no comment', ';#security=hex:01,\\\n;\n"a"=""\n', undefined],
  ];
  for (const [what, lines, attributes] of described) {
    it(`reads attributes, or comments: ${what}`, () => {
      expect(keyAt(`${v5}[HKLM\\K]\n${lines}`, 'K').attributes).to.deep.equal(attributes);
    });
  }

  it('keeps attributes when a key comes again, and not when it is deleted', () => {
    const text = `${v5}[HKLM\\K] ; why\n;#link\n;#class="a"\n[HKLM\\K]\n;#class="b"\n[HKLM\\K]\n`;
    expect(keyAt(text, 'K').attributes).to.deep.equal({ link: true, className: 'b' });
    expect(keyAt(`${text}[-HKLM\\K]\n;#link\n[HKLM\\K]\n`, 'K').attributes).to.equal(undefined);
  });

  it('takes __proto__ for a name like any other', () => {
    const key = keyAt(`${v5}[HKLM\\__proto__]\n"__proto__"="x"`, '__proto__');
    expect(key.values.get('__PROTO__')?.name).to.equal('__proto__');
    expect(({} as Record<string, unknown>)['__PROTO__']).to.equal(undefined);
  });

  describe('REGEDIT4', () => {
    it('reads windows-1252 names, strings and the bytes of string types', () => {
      const text = 'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n"\x80"="\xfc"\r\n"e"=hex(2):25,80,00\r\n';
      const more = '"m"=hex(7):61,00,\\\r\n  00\r\n"s"=hex(1):93,00\r\n"b"=hex:80\r\n"u"=hex(4):80\r\n';
      const values = keyAt(Uint8Array.from(Buffer.from(text + more, 'latin1')), 'K').values;
      expect(values.get('€')).to.deep.equal({ name: '€', type: 1, data: stringData('ü') });
      expect(values.get('E')?.data).to.deep.equal(stringData('%€'));
      expect(values.get('M')?.data).to.deep.equal(toUtf16('a\0\0'));
      expect(values.get('S')?.data).to.deep.equal(stringData('“'));
      expect(values.get('B')?.data).to.deep.equal(Uint8Array.of(0x80));
      expect(values.get('U')?.data).to.deep.equal(Uint8Array.of(0x80));
    });

    it('reads another code page when it is named', () => {
      const data = Uint8Array.of(...utf8('REGEDIT4\n[HKLM\\'), 0xc6, ...utf8(']\n'));
      expect(parseReg(data, { codePage: 'windows-1251' }).get('machine')?.keys.has('Ж')).to.equal(true);
      refusal(() => parseReg(data, { codePage: 'klingon' }), 'E_USAGE');
    });

    it('reads version 5 text in a code page only when it is named', () => {
      const data = Uint8Array.of(...utf8(`${v5}[HKLM\\`), 0xc6, ...utf8(']\n'));
      refusal(() => parseReg(data), 'E_FORMAT');
      expect(parseReg(data, { codePage: 'windows-1251' }).get('machine')?.keys.has('Ж')).to.equal(true);
    });
  });

  const head = 'Windows Registry Editor Version 5.00\n'; // line 1
  const bad: [string, number, string][] = [
    ['', 1, 'Windows Registry Editor'],
    ['REGEDIT5\n', 1, 'REGEDIT4'],
    [`${head}x`, 2, 'a key in brackets'],
    [`${head}\n"a"="b"`, 3, 'before this value'],
    [`${head}[-HKLM\\A]\n"a"="b"`, 3, 'before this value'],
    [`${head}[HKLM\\A`, 2, 'closing bracket'],
    [`${head}[]`, 2, 'HKEY_LOCAL_MACHINE'],
    [`${head}[HKEY_DYN_DATA\\A]`, 2, 'HKEY_LOCAL_MACHINE'],
    [`${head}[ HKLM\\A]`, 2, 'HKEY_LOCAL_MACHINE'],
    [`${head}[HKLM\\A] x`, 2, 'the end of the line'],
    [`${head}[HKLM\\\\A]`, 2, 'a name between'],
    [`${head}[HKLM]\r\n"a`, 3, 'closing quotation mark'],
    [`${head}[HKLM]\r"a\n\n\n`, 3, 'closing quotation mark'],
    [`${head}[HKLM]\n"a"`, 3, '= behind'],
    [`${head}[HKLM]\n"a"=`, 3, 'a string in quotation marks'],
    [`${head}[HKLM]\n"a"=b`, 3, 'a string in quotation marks'],
    [`${head}[HKLM]\n"a"="b`, 3, 'closing quotation mark'],
    [`${head}[HKLM]\n"a"="b" c`, 3, 'the end of the line'],
    [`${head}[HKLM]\n"a"="C:\\Program Files"`, 3, 'behind a backslash'],
    [`${head}[HKLM]\n"a"=dword:`, 3, 'hexadecimal number'],
    [`${head}[HKLM]\n"a"=dword:123456789`, 3, '8 hexadecimal'],
    [`${head}[HKLM]\n"a"=dword:12x`, 3, '8 hexadecimal'],
    [`${head}[HKLM]\n"a"=hex():1`, 3, 'hexadecimal number'],
    [`${head}[HKLM]\n"a"=hex(123456789):1`, 3, '): behind'],
    [`${head}[HKLM]\n"a"=hex(1:1`, 3, '): behind'],
    [`${head}[HKLM]\n"a"=hex:1,,2`, 3, 'two hexadecimal'],
    [`${head}[HKLM]\n"a"=hex:123`, 3, 'a comma'],
    [`${head}[HKLM]\n"a"=hex:1\\\n  2`, 3, 'a comma'],
    [`${head}[HKLM]\n"a"=hex:1,\\\n  gg`, 4, 'two hexadecimal'],
    [`${head}[HKLM]\n"a"=hex:1,\\`, 3, 'another line'],
    [`${head}[HKLM]\n"a"=hex:1,\\ 2`, 3, 'behind a backslash'],
    [`${head}[HKLM]\n"a"=- x`, 3, 'the end of the line'],
    [`${head}#`, 2, 'a comment'],
  ];
  for (const [text, line, expected] of bad) {
    it(`refuses ${JSON.stringify(text.replace(head, ''))}`, () => {
      const { message } = refusal(() => parseReg(utf8(text)), 'E_FORMAT');
      expect(message).to.match(new RegExp(`^line ${line}: `));
      expect(message).to.include(expected);
    });
  }

  it('refuses big-endian and half a character', () => {
    refusal(() => parseReg(Uint8Array.of(0xfe, 0xff, 0, 0x57)), 'E_FORMAT');
    refusal(() => parseReg(Uint8Array.of(0xff, 0xfe, 0x57)), 'E_FORMAT');
    refusal(() => parseReg(Uint8Array.of(0xef, 0xbb, 0xbf, 0xff)), 'E_FORMAT');
  });

  const large: [string, string, ParseRegOptions][] = [
    ['size', '', { size: 10 }],
    ['depth', `[HKLM${'\\a'.repeat(513)}]`, {}],
    ['an endless path', `[HKLM${'\\a'.repeat(200_000)}]`, {}],
    ['key name', `[HKLM\\${'a'.repeat(256)}]`, {}],
    ['value name', `[HKLM]\n"${'a'.repeat(16_384)}"="x"`, {}],
    ['hex data', '[HKLM]\n"a"=hex:1,2,3', { valueData: 2 }],
    ['string data', '[HKLM]\n"a"="12"', { valueData: 4 }],
    ['an escaped string', '[HKLM]\n"a"="\\\\\\\\"', { valueData: 4 }],
    ['keys', '[HKLM\\a\\b]', { keys: 2 }],
    ['a class', '[HKLM]\r\n;#class="12"', { className: 1 }],
    ['a descriptor', '[HKLM]\r\n;#security=hex:01,02', { security: 1 }],
    ['values', '[HKLM]\n"a"=-\n"A"=-', { values: 1 }],
  ];
  for (const [name, text, limits] of large) {
    it(`limits ${name}`, () => refusal(() => parseReg(utf8(v5 + text), limits), 'E_LIMIT'));
  }

  it('takes names and depth up to the limit', () => {
    parseReg(
      utf8(`${v5}[HKLM${'\\a'.repeat(512)}]\n[HKLM\\${'b'.repeat(255)}]\n"${'c'.repeat(16_383)}"="x"`),
    );
    parseReg(utf8(`${v5}[HKLM]\n"a"=hex:1,2\n"b"=""`), { valueData: 2 });
  });

  it('needs linear time for 5 MB', () => {
    let text = v5;
    for (let key = 0; text.length < 2_500_000; key++) {
      text += `[HKEY_LOCAL_MACHINE\\Software\\Acme\\${key % 90}\\Key${key}]\r\n"n"="C:\\\\Program Files\\\\${key}"\r\n`;
      text += `@=dword:0000000a\r\n"h"=hex(7):${'61,00,'.repeat(20)}\\\r\n  ${'62,00,'.repeat(20)}00\r\n\r\n`;
    }
    const data = toUtf16(text);
    const start = performance.now();
    parseReg(data);
    // Well under a second on an idle machine; the rest is for busy ones.
    expect(performance.now() - start).to.be.below(3000);
  });
});
