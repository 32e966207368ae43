import { expect } from 'chai';
import fc from 'fast-check';
import { ansiDecoder, ansiEncoder } from '../../../src/registry/text/ansi.ts';
import { formatReg4 } from '../../../src/registry/forms/forms.ts';
import type { Registry, RegistryKey, RegistryValue } from '../../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../../src/registry/key.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { stringData, toUtf16 } from '../../../src/registry/utf16.ts';
import { hive, keyOf } from '../arbitrary.ts';
import { refusal, survives } from '../expect-error.ts';

const registryOf = (values: readonly RegistryValue[]): Registry =>
  new Map([['machine', keyOf('', 'key', [], [keyOf('K', 'key', values, [])])]]);
const value = (type: number, data: Uint8Array, name = 'v'): Registry => registryOf([{ name, type, data }]);

function bodyOf(registry: Registry, codePage?: string): string {
  const lines = Buffer.from(formatReg4(registry, codePage)).toString('latin1').split('\r\n');
  expect(lines.slice(0, 5)).to.deep.equal([
    'REGEDIT4',
    '',
    '[HKEY_LOCAL_MACHINE]',
    '',
    '[HKEY_LOCAL_MACHINE\\K]',
  ]);
  return lines.slice(5).join('\n').trimEnd();
}

describe('REGEDIT4: write', () => {
  const examples: [string, number, Uint8Array, string][] = [
    ['a string', 1, stringData('C:\\"ü€'), '"v"="C:\\\\\\"\xfc\x80"'],
    ['a string with a line break', 1, stringData('a\r\nb'), '"v"=hex(1):61,0d,0a,62,00'],
    ['a string without an end', 1, toUtf16('aü'), '"v"=hex(1):61,fc'],
    ['two NULs, that are no string in Unicode', 1, toUtf16('ab\0\0'), '"v"=hex(1):61,62,00,00'],
    ['an expandable string', 2, stringData('%A%€'), '"v"=hex(2):25,41,25,80,00'],
    ['a list', 7, toUtf16('a\0b\0\0'), '"v"=hex(7):61,00,62,00,00'],
    ['a number', 4, Uint8Array.of(1, 0, 0, 0), '"v"=dword:00000001'],
    ['bytes', 3, Uint8Array.of(1, 255), '"v"=hex:01,ff'],
    ['a type of its own', 0x40001, stringData('a'), '"v"=hex(40001):61,00,00,00'],
  ];
  for (const [what, type, data, line] of examples) {
    it(what, () => {
      const registry = value(type, data);
      expect(bodyOf(registry)).to.equal(line);
      const back = parseReg(formatReg4(registry)).get('machine') ?? emptyKey();
      expect(equalKeys(back, registry.get('machine') ?? emptyKey())).to.equal(true);
    });
  }

  it('writes other code pages, of two bytes, too', () => {
    for (const [codePage, text] of [
      ['windows-1251', 'Привет'],
      ['shift_jis', 'ソース表示 ｱ'],
      ['gbk', '汉字'],
      ['big5', '漢字'],
      ['euc-kr', '한글'],
    ] as const) {
      for (const type of [1, 2]) {
        const registry = value(type, stringData(text), text);
        const back = parseReg(formatReg4(registry, codePage), { codePage }).get('machine') ?? emptyKey();
        expect(equalKeys(back, registry.get('machine') ?? emptyKey()), codePage).to.equal(true);
      }
    }
  });

  it('refuses what the code page cannot carry', () => {
    refusal(() => formatReg4(value(1, stringData('Ж'))), 'E_FORMAT');
    refusal(() => formatReg4(value(2, stringData('😀'))), 'E_FORMAT');
    refusal(() => formatReg4(value(1, toUtf16('\ud800\0'))), 'E_FORMAT');
    refusal(() => formatReg4(value(2, Uint8Array.of(0x61))), 'E_FORMAT');
    refusal(() => formatReg4(value(3, Uint8Array.of(1), 'Ж')), 'E_NAME');
    refusal(() => formatReg4(new Map([['user', keyOf('', 'key', [], [emptyKey('Ж')])]])), 'E_NAME');
    refusal(() => formatReg4(new Map([['user', keyOf('', 'key', [], [emptyKey('a\nb')])]])), 'E_NAME');
    refusal(() => formatReg4(new Map(), 'no-such'), 'E_USAGE');
    refusal(() => formatReg4(new Map(), 'utf-16le'), 'E_USAGE');
  });

  it('law: what is written is read again as the same', () => {
    let held = 0;
    const run = (key: RegistryKey): void => {
      const registry: Registry = new Map([['user', key]]);
      let text = new Uint8Array(0);
      if (!survives(() => void (text = Uint8Array.from(formatReg4(registry))))) return;
      held++;
      expect(equalKeys(parseReg(text).get('user') ?? emptyKey(), key)).to.equal(true);
    };
    fc.assert(fc.property(hive, run), { numRuns: 400 });
    expect(held).to.be.greaterThan(10);
  });

  it('law: every byte of windows-1252 is written as it was read', () => {
    const all = Uint8Array.from({ length: 256 }, (_, at) => at);
    const text = ansiDecoder()(all) ?? '';
    expect([...(ansiEncoder()(text) ?? [])]).to.deep.equal([...all]);
  });
});
