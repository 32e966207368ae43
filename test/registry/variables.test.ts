import { expect } from 'chai';
import fc from 'fast-check';
import { foldName, type RegistryKey } from '../../src/registry/hive.ts';
import { equalKeys } from '../../src/registry/key.ts';
import { fromUtf16, stringData, toUtf16 } from '../../src/registry/utf16.ts';
import { fromVariables, toVariables } from '../../src/registry/variables.ts';
import { hive, keyOf } from './arbitrary.ts';
import { refusal } from './expect-error.ts';

const variables = {
  ProgramFilesX64: 'C:\\Program Files',
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
    ['c:\\WINDOWS\\system32', '[{Windows}]\\system32'],
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
      expect(foldName(textOf(fromVariables(there, variables)))).to.equal(foldName(`${plain}\0`));
    });
  }

  it('maps each string of REG_MULTI_SZ, and REG_EXPAND_SZ', () => {
    expect(textOf(toVariables(one('C:\\Windows\0C:\\Windows\\x\0\0', 7), variables))).to.equal(
      '[{Windows}]\0[{Windows}]\\x\0\0',
    );
    expect(textOf(toVariables(one('C:\\Windows\0', 2), variables))).to.equal('[{Windows}]\0');
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

  it('refuses what it cannot resolve, and variables that are none', () => {
    refusal(() => fromVariables(one('[{Other}]\0'), variables), 'E_USAGE');
    refusal(() => fromVariables(one('[{__proto__}]\0'), variables), 'E_USAGE');
    refusal(() => fromVariables(one('[{Windows\0'), variables), 'E_FORMAT');
    for (const bad of [{ '': 'C:' }, { 'a}': 'C:' }, { a: '' }, { a: '\\' }, { a: 'x\0' }, { a: '\ud800' }]) {
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
    '[{X}]',
    'é',
    'É',
  );
  const string = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const paths = fc.record({
    X: fc.constantFrom('A:', 'A:\\B', '[{', '{', 'É', '['),
    Y: fc.constantFrom('a:\\b', 'A:\\B\\a', '"', '{}', 'X'),
  });

  it('law: from(to(text)) = text, up to the case of the paths', () => {
    fc.assert(
      fc.property(string, paths, (text, variables) => {
        const key = keyOf('', 'key', [{ name: '', type: 1, data: stringData(text) }], []);
        const back = textOf(fromVariables(toVariables(key, variables), variables));
        expect(foldName(back)).to.equal(foldName(`${text}\0`));
      }),
      { numRuns: 1000 },
    );
  });

  it('law: when the paths are in the case of the variables, every bit comes back', () => {
    fc.assert(
      fc.property(hive, paths, (key, variables) => {
        const once = fromVariables(toVariables(key, variables), variables);
        const twice = fromVariables(toVariables(once, variables), variables);
        expect(equalKeys(once, twice)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });
});
