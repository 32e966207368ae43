import { expect } from 'chai';
import fc from 'fast-check';
import type { KeyAttributes, RegistryKey } from '../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../src/registry/key.ts';
import { splitUnion, unionOf } from '../../src/registry/union.ts';
import { toVariables } from '../../src/registry/rules/variables.ts';
import { parseVolatileRule, removeVolatile } from '../../src/registry/rules/volatile.ts';
import { hive, keyOf } from './arbitrary.ts';

const link = { link: true } as const;
const security = Uint8Array.of(1);
const described = (attributes: KeyAttributes): RegistryKey =>
  keyOf('', 'key', [], [{ ...emptyKey('k'), attributes, lastWrite: 5n }]);
const attributesIn = (key: RegistryKey | undefined): KeyAttributes | undefined =>
  key?.keys.get('K')?.attributes;

describe('a union of hives', () => {
  it('has the attributes of both; the second wins', () => {
    const whole = unionOf(described({ ...link, className: 'a' }), described({ className: 'b', security }));
    expect(attributesIn(whole)).to.deep.equal({ ...link, className: 'b', security });
    expect(whole.keys.get('K')?.lastWrite).to.equal(5n);
    expect(attributesIn(unionOf(described(link), keyOf('', 'key', [], [emptyKey('k')])))).to.deep.equal(link);
  });

  it('has a delete entry where the second has one', () => {
    const gone = keyOf('', 'key', [], [keyOf('k', 'delete-entry', [], [])]);
    expect(unionOf(described(link), gone).keys.get('K')).to.equal(gone.keys.get('K'));
  });

  it('gives each part its attributes back, and new ones to the owner', () => {
    const parts = [described({ className: 'a' }), described(link)];
    const whole = described({ ...link, className: 'b', security });
    expect(splitUnion(whole, parts).map(attributesIn)).to.deep.equal([{ className: 'b', security }, link]);
    const [first, second] = splitUnion(described({ className: 'a' }), parts);
    expect([attributesIn(first), attributesIn(second)]).to.deep.equal([{ className: 'a' }, undefined]);
  });

  it('law: the union of the parts is the whole', () => {
    fc.assert(
      fc.property(hive, hive, hive, (whole, a, b) => {
        for (const parts of [
          [a, b],
          [undefined, b],
          [undefined, undefined],
        ]) {
          const [first, second] = splitUnion(whole, parts);
          if (first === undefined || second === undefined) throw new Error('a part is missing');
          expect(equalKeys(unionOf(first, second), whole)).to.equal(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('rules', () => {
  it('keep attributes and times of the keys that they change', () => {
    const value = { name: 'v', type: 1, data: Buffer.from('C:\\x\0', 'utf16le') };
    const key = { ...keyOf('k', 'key', [value], []), attributes: link, lastWrite: 5n };
    const whole = keyOf('', 'key', [], [key]);
    const expected = { ...key, values: new Map() };
    const rules = [parseVolatileRule('HKLM\\k::v')];
    expect(removeVolatile('machine', whole, rules).key.keys.get('K')).to.deep.equal(expected);
    const written = toVariables(whole, { X: 'C:' }).keys.get('K');
    expect([written?.attributes, written?.lastWrite]).to.deep.equal([link, 5n]);
  });
});
