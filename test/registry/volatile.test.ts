import { expect } from 'chai';
import fc from 'fast-check';
import type { RegistryKey } from '../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../src/registry/key.ts';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { parseVolatileRule, removeVolatile } from '../../src/registry/rules/volatile.ts';
import { hive } from './arbitrary.ts';
import { refusal } from './expect-error.ts';

const text = `Windows Registry Editor Version 5.00
[HKLM\\Software\\Acme]
@="d"
"LastRun"="1"
"LastSize"="2"
[HKLM\\Software\\Acme\\Cache\\Deep]
"x"="1"
[HKLM\\Software\\Acme\\One\\LastRun]
[HKLM\\Software\\Acme\\Two\\LastRun]
[HKLM\\Software\\Acme\\Two\\More\\LastRun]
"LastRun"="3"
`;
const machine = parseReg(new TextEncoder().encode(text)).get('machine') ?? emptyKey();

function paths(key: RegistryKey, path = ''): string[] {
  const values = [...key.values.values()].map(({ name }) => `${path}::${name}`);
  const keys = [...key.keys.values()].flatMap((child) => {
    const below = path === '' ? child.name : `${path}\\${child.name}`;
    return [below, ...paths(child, below)];
  });
  return [...values, ...keys];
}

/** What the rules take away. */
function taken(...rules: string[]): string[] {
  const left = new Set(paths(removeVolatile('machine', machine, rules.map(parseVolatileRule)).key));
  return paths(machine)
    .filter((path) => !left.has(path))
    .map((path) => path.replace('Software\\Acme', '~'));
}

describe('volatile rules', () => {
  const examples: [string, string[]][] = [
    ['HKLM\\Software\\Acme\\Cache', ['~\\Cache', '~\\Cache\\Deep', '~\\Cache\\Deep::x']],
    ['hkey_local_machine\\SOFTWARE\\acme\\CACHE', ['~\\Cache', '~\\Cache\\Deep', '~\\Cache\\Deep::x']],
    ['HKLM\\Software\\Acme\\*\\LastRun', ['~\\One\\LastRun', '~\\Two\\LastRun']],
    ['HKLM\\Software\\Acme\\T*o\\LastRun', ['~\\Two\\LastRun']],
    [
      'HKLM\\**\\LastRun',
      ['~\\One\\LastRun', '~\\Two\\LastRun', '~\\Two\\More\\LastRun', '~\\Two\\More\\LastRun::LastRun'],
    ],
    ['HKLM\\Software\\Acme\\Cache\\**', ['~\\Cache\\Deep', '~\\Cache\\Deep::x']],
    ['HKLM\\Software\\Acme\\Cache\\**\\**', ['~\\Cache\\Deep', '~\\Cache\\Deep::x']],
    ['HKLM\\Software\\Acme::lastrun', ['~::LastRun']],
    ['HKLM\\Software\\Acme::Last*', ['~::LastRun', '~::LastSize']],
    ['HKLM\\Software\\Acme::', ['~::']],
    ['HKLM\\Software\\Acme::@', ['~::']],
    ['HKLM\\**::LastRun', ['~::LastRun', '~\\Two\\More\\LastRun::LastRun']],
    ['HKLM\\Software\\Acme\\**::LastRun', ['~::LastRun', '~\\Two\\More\\LastRun::LastRun']],
    ['HKLM\\Software\\Other', []],
    ['HKCU\\Software\\Acme', []],
  ];
  for (const [rule, expected] of examples) {
    it(rule, () => {
      expect(taken(rule)).to.deep.equal(expected);
      const { key, matched } = removeVolatile('machine', machine, [parseVolatileRule(rule)]);
      expect([...matched]).to.deep.equal(expected.length > 0 ? [rule] : []);
      if (expected.length === 0) expect(key).to.equal(machine);
    });
  }

  it('keeps the keys above', () => {
    expect(taken('HKLM\\**\\Deep', 'HKLM\\**::*')).to.not.include('~\\Cache');
  });

  it('tells which of several rules meant anything', () => {
    const rules = ['HKLM\\Software\\Acme\\Cache', 'HKLM\\Software\\Acme\\Cache\\Deep', 'HKLM\\Nothing'];
    const { matched } = removeVolatile('machine', machine, rules.map(parseVolatileRule));
    expect([...matched]).to.deep.equal(['HKLM\\Software\\Acme\\Cache']);
  });

  for (const rule of [
    '',
    'Software\\Acme',
    '*\\Acme',
    'HKLM',
    'HKLM\\',
    'HKLM\\\\A',
    'HKLM\\A\\',
    'HK*\\A',
    `HKLM\\${'a'.repeat(5000)}`,
  ]) {
    it(`refuses ${JSON.stringify(rule.slice(0, 20))}`, () =>
      refusal(() => parseVolatileRule(rule), 'E_USAGE'));
  }

  it('law: removing twice is removing once, and no rule changes nothing', () => {
    const rule = fc.constantFrom(
      'HKLM\\a',
      'HKLM\\*\\*',
      'HKLM\\**\\b]',
      'HKLM\\**::v',
      'HKLM\\A::*',
      'HKLM\\*::',
    );
    fc.assert(
      fc.property(hive, fc.array(rule, { maxLength: 3 }), (key, texts) => {
        const rules = texts.map(parseVolatileRule);
        const once = removeVolatile('machine', key, rules).key;
        const twice = removeVolatile('machine', once, rules);
        expect(equalKeys(twice.key, once)).to.equal(true);
        expect(twice.matched.size).to.equal(0);
        expect(removeVolatile('machine', key, []).key).to.equal(key);
      }),
      { numRuns: 200 },
    );
  });

  it('is quick with many stars', () => {
    const rules = [
      parseVolatileRule(`HKLM${'\\**'.repeat(300)}\\z`),
      parseVolatileRule(`HKLM\\${'a*'.repeat(120)}b`),
    ];
    let key = emptyKey('a'.repeat(255));
    for (let depth = 0; depth < 200; depth++) key = { ...key, keys: new Map([['A'.repeat(255), key]]) };
    const start = performance.now();
    expect(removeVolatile('machine', key, rules).matched.size).to.equal(0);
    expect(performance.now() - start).to.be.below(2000);
  });
});
