import { expect } from 'chai';
import fc from 'fast-check';
import type { RegistryKey } from '../../src/registry/hive.ts';
import { equalKeys } from '../../src/registry/key.ts';
import { fromUtf16, stringData, toUtf16 } from '../../src/registry/utf16.ts';
import { fromVariables, toVariables } from '../../src/registry/rules/variables.ts';
import { hive, keyOf } from './arbitrary.ts';
import { refusal } from './expect-error.ts';

const variables = {
  ProgramFilesX64: 'C:\\Program Files|C:\\PROGRA~1|%SystemDrive%\\Program Files',
  'Common Files': 'C:\\Program Files\\Common Files\\',
  Windows: 'C:\\Windows',
  SystemDrive: 'C:\\',
};

function one(text: string, type = 1): RegistryKey {
  return keyOf('', 'key', [{ name: 'v', type, data: toUtf16(text) }], []);
}

function textOf(key: RegistryKey): string {
  const [value] = key.values.values();
  return fromUtf16(value?.data ?? new Uint8Array(0));
}

describe('variables in the registry', () => {
  const examples: [string, string][] = [
    ['C:\\Windows', '[{Windows}]'],
    ['c:\\windows\\system32', '[{Windows:l}]\\system32'],
    ['C:\\WINDOWS\\system32', '[{Windows:u}]\\system32'],
    // What Wine writes: one letter (the fourth) in the other case.
    ['C:\\windows\\system32', '[{Windows:x8}]\\system32'],
    ['file:///C:/Program%20Files', 'file:///[{SystemDrive}]/Program%20Files'],
    ['C:/Program Files/Acme', '[{ProgramFilesX64:/}]/Acme'],
    ['c:/program files/Acme', '[{ProgramFilesX64:/l}]/Acme'],
    ['C:\\PROGRA~1\\Acme', '[{ProgramFilesX64:1}]\\Acme'],
    ['c:/progra~1/Acme', '[{ProgramFilesX64:1/l}]/Acme'],
    ['%SystemDrive%\\Program Files\\x', '[{ProgramFilesX64:2}]\\x'],
    ['C:\\Program Files/Common Files', '[{ProgramFilesX64}]/Common Files'],
    ['%SystemRoot%\\system32;%ProgramFiles%', '%SystemRoot%\\system32;%ProgramFiles%'],
    ['"C:\\Program Files\\a.exe" "%1" -d C:\\Windows', '"[{ProgramFilesX64}]\\a.exe" "%1" -d [{Windows}]'],
    ["'C:\\Windows'|(C:\\Windows)", "'[{Windows}]'|([{Windows}])"],
    ['C:\\Windows~', '[{SystemDrive}]\\Windows~'],
    ['[{AppVPackageRoot}]\\x', '[{}]AppVPackageRoot}]\\x'],
    ['C:\\Program Files\\Common Files\\x', '[{Common Files}]\\x'],
    ['C:\\Program Files\\Common', '[{ProgramFilesX64}]\\Common'],
    ['C:\\Windows2', '[{SystemDrive}]\\Windows2'],
    ['"C:\\Windows" /c', '"[{Windows}]" /c'],
    [
      'C:\\Windows,C:\\Windows;C:\\Windows/ C:\\Windows x',
      '[{Windows}],[{Windows}];[{Windows}]/ [{Windows}] x',
    ],
    ['C:', '[{SystemDrive}]'],
    ['D:\\Windows', 'D:\\Windows'],
    ['[{Windows}]', '[{}]Windows}]'],
    ['[[{', '[[{}]'],
    ['[C:\\Windows', '[[{Windows}]'],
    ['[{}]', '[{}]}]'],
  ];
  for (const [plain, expected] of examples) {
    it(`${plain} ⇄ ${expected}`, () => {
      const there = toVariables(one(`${plain}\0`), variables);
      expect(textOf(there)).to.equal(`${expected}\0`);
      expect(textOf(fromVariables(there, variables))).to.equal(`${plain}\0`);
    });
  }

  it('maps each string of REG_MULTI_SZ, and REG_EXPAND_SZ', () => {
    expect(textOf(toVariables(one('C:\\Windows\0C:\\Windows\\x\0\0', 7), variables))).to.equal(
      '[{Windows}]\0[{Windows}]\\x\0\0',
    );
    expect(textOf(toVariables(one('C:\\Windows\0', 2), variables))).to.equal('[{Windows}]\0');
    // With the flags of App-V, too.
    expect(textOf(toVariables(one('C:\\Windows\0', 0x440001), variables))).to.equal('[{Windows}]\0');
    expect(textOf(toVariables(one('C:\\Windows\0\0', 0x400007), variables))).to.equal('[{Windows}]\0\0');
  });

  const untouched: [string, string, number][] = [
    ['another type', 'C:\\Windows\0', 3],
    ['no terminator', 'C:\\Windows', 1],
    ['two terminators', 'C:\\Windows\0\0', 1],
    ['one terminator of a list', 'C:\\Windows\0', 7],
    ['a lone surrogate', 'C:\\Windows\\\ud800\0', 1],
  ];
  for (const [what, text, type] of untouched) {
    it(`leaves ${what}`, () => {
      const key = one(text, type);
      expect(toVariables(key, variables)).to.equal(key);
      expect(fromVariables(key, variables)).to.equal(key);
    });
  }

  it('is another path on another machine, in the same spelling', () => {
    const there = { ...variables, Windows: 'D:\\WinNT', ProgramFilesX64: 'E:\\Programme|E:\\PROGRA~2' };
    const moved: [string, string][] = [
      ['c:\\windows\\x', 'd:\\winnt\\x'],
      ['C:\\WINDOWS', 'D:\\WINNT'],
      ['C:\\windows', 'D:\\winNT'],
      ['C:/Program Files/x', 'E:/Programme/x'],
      ['C:\\PROGRA~1\\x', 'E:\\PROGRA~2\\x'],
    ];
    for (const [plain, expected] of moved) {
      expect(textOf(fromVariables(toVariables(one(`${plain}\0`), variables), there))).to.equal(
        `${expected}\0`,
      );
    }
    refusal(() => fromVariables(one('[{ProgramFilesX64:2}]\0'), there), 'E_USAGE');
  });

  it('leaves a letter that has a third case', () => {
    const greek = { X: 'C:\\ΟΔΟΣ' };
    for (const [plain, expected] of [
      ['C:\\ΟΔΟΣ', '[{X}]'],
      ['C:\\οδοσ', '[{X:x78}]'],
      ['C:\\οδος', 'C:\\οδος'],
    ] as const) {
      const to = toVariables(one(`${plain}\0`), greek);
      expect(textOf(to)).to.equal(`${expected}\0`);
      expect(textOf(fromVariables(to, greek))).to.equal(`${plain}\0`);
    }
  });

  for (const bad of ['x', 'L', '0', '1000', '//', 'l/', 'xg', 'x', ' ', ':', `x${'f'.repeat(1025)}`]) {
    it(`refuses the spelling ${JSON.stringify(bad.slice(0, 9))}`, () =>
      refusal(() => fromVariables(one(`[{Windows:${bad}}]\0`), variables), 'E_FORMAT'));
  }

  it('refuses what it cannot resolve, and variables that are none', () => {
    refusal(() => fromVariables(one('[{Other}]\0'), variables), 'E_USAGE');
    refusal(() => fromVariables(one('[{__proto__}]\0'), variables), 'E_USAGE');
    refusal(() => fromVariables(one('[{Windows\0'), variables), 'E_FORMAT');
    for (const bad of [
      { '': 'C:' },
      { 'a}': 'C:' },
      { a: '' },
      { a: '\\' },
      { a: 'x\0' },
      { a: '\ud800' },
      { a: 'C:|' },
    ]) {
      refusal(() => toVariables(one('x\0'), bad), 'E_USAGE');
      refusal(() => fromVariables(one('x\0'), bad), 'E_USAGE');
    }
  });

  const piece = fc.constantFrom(
    '[',
    '{',
    '}',
    ']',
    'a',
    'A',
    ':',
    '\\',
    'A:',
    'a:\\b',
    'A:\\B\\',
    ' ',
    '"',
    'X',
    '/',
    '%X%',
    '[{X}]',
    '[{X:l}]',
    'é',
    'É',
  );
  const string = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const paths = fc.record({
    X: fc.constantFrom('A:', 'A:\\B', '[{', '{', 'É', '[', 'A:\\b|A/', 'a:|É\\x|%X%'),
    Y: fc.constantFrom('a:\\b', 'A:\\B\\a', '"', '{}', 'X'),
  });

  it('law: from(to(text)) = text', () => {
    fc.assert(
      fc.property(string, paths, (text, variables) => {
        const key = keyOf('', 'key', [{ name: '', type: 1, data: stringData(text) }], []);
        const back = textOf(fromVariables(toVariables(key, variables), variables));
        expect(back).to.equal(`${text}\0`);
      }),
      { numRuns: 1000 },
    );
  });

  it('law: every bit of a hive comes back', () => {
    fc.assert(
      fc.property(hive, paths, (key, variables) => {
        const once = fromVariables(toVariables(key, variables), variables);
        expect(equalKeys(once, key)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });
});
