import { expect } from 'chai';
import fc from 'fast-check';
import { nameMatcher } from '../../src/registry/rules/glob.ts';
import { foldName } from '../../src/registry/hive.ts';
import {
  countKeys,
  emptyKey,
  equalKeys,
  inOrder,
  isEmptyHive,
  keyWith,
  sortedNames,
} from '../../src/registry/key.ts';
import { hive, keyOf } from './arbitrary.ts';

describe('foldName', () => {
  const cases: [string, string][] = [
    ['Acme.1_ß', 'ACME.1_ß'],
    ['grün', 'GRÜN'],
    ['ſı', 'ſı'],
    ['\u{10428}\ud800', '\u{10428}\ud800'],
    ['__proto__', '__PROTO__'],
  ];
  for (const [name, folded] of cases) {
    it(JSON.stringify(name), () => {
      expect(foldName(name)).to.equal(folded);
    });
  }

  it('law: folding twice is folding once, and keeps the length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(foldName(foldName(name))).to.equal(foldName(name));
        expect(foldName(name)).to.have.length(name.length);
      }),
    );
  });
});

describe('equalKeys and countKeys', () => {
  const value = { name: 'v', type: 3, data: Uint8Array.of(1) };
  const key = keyOf('', 'key', [value], [keyOf('A', 'key', [value], [])]);

  it('count what is below', () => {
    expect(countKeys(key)).to.deep.equal({ keys: 1, values: 2 });
    expect(countKeys(emptyKey('x'))).to.deep.equal({ keys: 0, values: 0 });
  });

  it('see every difference', () => {
    const others = [
      { ...key, name: 'x' },
      { ...key, kind: 'opaque' as const },
      { ...key, attributes: { link: true as const } },
      { ...key, attributes: { className: 'c' } },
      { ...key, attributes: { security: Uint8Array.of(1) } },
      keyOf('', 'key', [{ ...value, name: 'V' }], [...key.keys.values()]),
      keyOf('', 'key', [{ ...value, type: 4 }], [...key.keys.values()]),
      keyOf('', 'key', [{ ...value, data: Uint8Array.of(2) }], [...key.keys.values()]),
      keyOf('', 'key', [value], [keyOf('a', 'key', [value], [])]),
      keyOf('', 'key', [value], []),
      keyOf('', 'key', [], [...key.keys.values()]),
    ];
    for (const other of others) expect(equalKeys(key, other)).to.equal(false);
  });

  it('see no difference in what is no content', () => {
    const nothing = { attributes: { className: '', security: new Uint8Array(0) }, lastWrite: 1n };
    expect(equalKeys(key, { ...key, ...nothing })).to.equal(true);
    const gone = keyOf('', 'delete-entry', [], []);
    expect(equalKeys(gone, { ...gone, attributes: { link: true } })).to.equal(true);
  });

  it('copies keep attributes and times, also of a key that computes them', () => {
    class LazyKey {
      readonly attributes = { link: true } as const;
      readonly lastWrite = 7n;
      readonly name = 'n';
      readonly kind = 'key';
      readonly keys = new Map();
      get values() {
        return key.values;
      }
    }
    const copy = keyWith(new LazyKey(), { name: 'm' });
    const { attributes, lastWrite, keys } = new LazyKey();
    const expected = { name: 'm', kind: 'key', attributes, lastWrite, values: key.values, keys };
    expect(copy).to.deep.equal(expected);
    expect(keyWith(emptyKey('x'), {})).to.deep.equal(emptyKey('x'));
  });

  it('an empty hive has no attributes either', () => {
    expect(isEmptyHive(emptyKey())).to.equal(true);
    expect(isEmptyHive({ ...emptyKey(), attributes: {}, lastWrite: 1n })).to.equal(true);
    expect(isEmptyHive({ ...emptyKey(), attributes: { className: 'c' } })).to.equal(false);
    expect(isEmptyHive({ ...emptyKey(), kind: 'opaque' })).to.equal(false);
  });

  it('law: maps are walked in canonical order', () => {
    fc.assert(
      fc.property(hive, ({ values }) => {
        const names = [...values.keys()].sort();
        expect(sortedNames(values)).to.deep.equal(names);
        expect([...inOrder(values)]).to.deep.equal(names.map((name) => values.get(name)));
      }),
      { numRuns: 50 },
    );
  });

  it('law: a copy is equal', () => {
    fc.assert(
      fc.property(hive, (one) => {
        expect(equalKeys(one, structuredClone(one))).to.equal(true);
      }),
    );
  });
});

describe('nameMatcher', () => {
  const cases: [string, string, boolean][] = [
    ['*', '', true],
    ['A*', 'A', true],
    ['A*A', 'A', false],
    ['*B*', 'ABC', true],
    ['*AB*BC', 'ABC', false],
    ['A*B*C', 'AXXBXC', true],
    ['A.C', 'ABC', false],
    ['', 'A', false],
  ];
  for (const [pattern, name, matches] of cases) {
    it(`${JSON.stringify(pattern)} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(name)}`, () => {
      expect(nameMatcher(pattern)(name)).to.equal(matches);
    });
  }
});
