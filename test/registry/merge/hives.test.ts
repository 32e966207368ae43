import { expect } from 'chai';
import fc from 'fast-check';
import type { HiveRoot, KeyAttributes, Registry, RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey, equalKeys } from '../../../src/registry/key.ts';
import type { RegistryConflict } from '../../../src/registry/merge/conflict.ts';
import { mergeHives, mergeRegistries } from '../../../src/registry/merge/hives.ts';
import { sameKey } from '../../../src/registry/merge/same.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { foldName } from '../../../src/registry/hive.ts';
import { stringData } from '../../../src/registry/utf16.ts';
import { hive, keyOf } from '../arbitrary.ts';

function registry(body: string): Registry {
  return parseReg(new TextEncoder().encode(`Windows Registry Editor Version 5.00\n${body}`));
}
function machine(body: string): RegistryKey {
  return registry(`[HKLM]\n${body}`).get('machine') ?? emptyKey();
}
function multi(...elements: string[]): string {
  const data = Buffer.from(elements.map((one) => `${one}\0`).join('') + '\0', 'utf16le');
  return `hex(7):${[...data].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
}
const kinds = (conflicts: readonly RegistryConflict[]): string[] =>
  conflicts.map(
    (one) => `${one.of} ${one.kind} ${one.path.join('\\')}${one.of === 'value' ? `::${one.name}` : ''}`,
  );

/** A hive, and two that each changed some of it. */
const three = fc.oneof(
  fc.tuple(hive, hive, hive),
  fc.tuple(hive, hive, hive).map(([base, a, b]): [RegistryKey, RegistryKey, RegistryKey] => {
    const over = (key: RegistryKey): RegistryKey =>
      base.kind === 'delete-entry'
        ? key
        : {
            ...base,
            values: new Map([...base.values, ...key.values]),
            keys: new Map([...[...base.keys].slice(key.keys.size % 2), ...key.keys]),
          };
    return [base, over(a), over(b)];
  }),
);

/** What `want` has and `has` has not, below or in a key. */
function missing(want: RegistryKey, has: RegistryKey | undefined, path: string): string[] {
  if (want.kind === 'delete-entry') return has?.kind === 'delete-entry' ? [] : [path];
  if (has === undefined || has.kind === 'delete-entry') return [path];
  return [
    ...[...want.values].flatMap(([name, value]) => {
      const other = has.values.get(name);
      const same = other?.type === value.type && Buffer.compare(other.data, value.data) === 0;
      return same || value.type === 7 ? [] : [`${path}::${name}`];
    }),
    ...[...want.keys].flatMap(([name, key]) => missing(key, has.keys.get(name), `${path}\\${name}`)),
  ];
}

function at(key: RegistryKey | undefined, path: string): RegistryKey | undefined {
  return path
    .split('\\')
    .slice(1)
    .reduce<RegistryKey | undefined>((found, name) => found?.keys.get(name), key);
}

describe('mergeHives', () => {
  it('takes what each side changed', () => {
    const base = machine(
      '[HKLM\\A]\n"kept"="1"\n"theirs"="1"\n"ours"="1"\n"gone"="1"\n"GONE too"="1"\n[HKLM\\Old]',
    );
    const theirs = machine(
      '[HKLM\\A]\n"kept"="1"\n"theirs"="2"\n"ours"="1"\n"gone too"="1"\n"new"="t"\n[HKLM\\T]',
    );
    const ours = machine(
      '[HKLM\\A]\n"kept"="1"\n"theirs"="1"\n"OURS"="2"\n"gone"="1"\n[HKLM\\Old]\n[HKLM\\O]',
    );
    const { merged, conflicts } = mergeHives(base, theirs, ours);
    expect(conflicts).to.deep.equal([]);
    const expected = machine(
      '[HKLM\\A]\n"kept"="1"\n"theirs"="2"\n"OURS"="2"\n"new"="t"\n[HKLM\\T]\n[HKLM\\O]',
    );
    expect(equalKeys(merged, expected)).to.equal(true);
  });

  it('lists every conflict with its three versions', () => {
    const base = machine(
      '[HKLM\\A]\n"both"="1"\n"t"="1"\n"o"="1"\n[HKLM\\B]\n"v"="1"\n[HKLM\\C]\n"v"="1"\n[-HKLM\\D]',
    );
    const theirs = machine('[HKLM\\A]\n"both"="2"\n"o"="2"\n"new"="2"\n[HKLM\\C]\n"v"="2"\n[HKLM\\D]');
    const ours = machine(
      '[HKLM\\A]\n"BOTH"="3"\n"t"="3"\n"new"="3"\n[HKLM\\B]\n"w"="3"\n[-HKLM\\C]\n[-HKLM\\D]\n[HKLM\\D]',
    );
    const { merged, conflicts } = mergeHives(base, theirs, ours);
    expect(kinds(conflicts)).to.deep.equal([
      'value both-changed A::BOTH',
      'value both-added A::new',
      'value ours-removed A::o',
      'value theirs-removed A::t',
      'key theirs-removed B',
      'key ours-removed C',
      'key-kind both-changed D',
    ]);
    expect(conflicts[0]).to.deep.include({
      base: { name: 'both', type: 1, data: stringData('1') },
      theirs: { name: 'both', type: 1, data: stringData('2') },
      ours: { name: 'BOTH', type: 1, data: stringData('3') },
    });
    expect(equalKeys(merged, ours)).to.equal(true);
    expect(sameKey(mergeHives(base, theirs, ours, { prefer: 'theirs' }).merged, theirs)).to.equal(true);
  });

  it('merges lists by their elements', () => {
    const base = machine(`"DependOnService"=${multi('RpcSs', 'Tcpip')}`);
    const theirs = machine(`"DependOnService"=${multi('RpcSs', 'Tcpip', 'Afd')}`);
    const ours = machine(`"DependOnService"=${multi('Mine', 'RpcSs')}`);
    const { merged, conflicts } = mergeHives(base, theirs, ours);
    expect(conflicts).to.deep.equal([]);
    expect(equalKeys(merged, machine(`"DependOnService"=${multi('Mine', 'RpcSs', 'Afd')}`))).to.equal(true);
    // Pairs with empty elements are no list.
    const pairs = (name: string): RegistryKey => machine(`"Pending"=${multi(name, '', 'x')}`);
    expect(kinds(mergeHives(pairs('a'), pairs('b'), pairs('c')).conflicts)).to.deep.equal([
      'value both-changed ::Pending',
    ]);
  });

  it('merges class, security and link each for itself', () => {
    const key = (attributes: KeyAttributes): RegistryKey =>
      keyOf('', 'key', [], [{ ...emptyKey('K'), attributes }]);
    const [a, b, c] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
    const base = key({ className: 'x', security: a });
    const { merged, conflicts } = mergeHives(
      base,
      key({ className: 'y', security: b }),
      key({ className: 'x', security: c, link: true }),
    );
    expect(kinds(conflicts)).to.deep.equal(['security both-changed K']);
    expect(merged.keys.get('K')?.attributes).to.deep.equal({ className: 'y', security: c, link: true });
    const bare = mergeHives(base, key({}), key({ className: 'x', security: a }));
    expect(bare.merged.keys.get('K')).to.not.have.property('attributes');
  });

  it('law: merge(b, b, x) = x and merge(b, x, b) = x', () => {
    fc.assert(
      fc.property(three, ([base, x]) => {
        for (const [theirs, ours] of [
          [base, x],
          [x, base],
          [structuredClone(base), x],
          [x, structuredClone(base)],
        ] as const) {
          const { merged, conflicts } = mergeHives(base, theirs, ours);
          expect(conflicts).to.deep.equal([]);
          expect(equalKeys(merged, x)).to.equal(true);
        }
      }),
    );
  });

  it('law: merge(b, x, x) = x', () => {
    fc.assert(
      fc.property(three, ([base, x]) => {
        const { merged, conflicts } = mergeHives(base, x, structuredClone(x));
        expect(conflicts).to.deep.equal([]);
        expect(equalKeys(merged, x)).to.equal(true);
      }),
    );
  });

  it('law: nothing of ours is missing unless theirs removed the same unchanged thing', () => {
    fc.assert(
      fc.property(three, ([base, theirs, ours]) => {
        const { merged } = mergeHives(base, theirs, ours);
        for (const place of missing(ours, merged, '')) {
          const [path = '', value] = place.split('::');
          // What is gone or other than ours was in the base just so, and theirs changed or removed it.
          const [was, is, their] = [at(base, path), at(ours, path), at(theirs, path)];
          if (value === undefined) {
            expect(was && is && sameKey(was, is), place).to.equal(true);
            continue;
          }
          expect(was?.values.get(value)?.data, place).to.deep.equal(is?.values.get(value)?.data);
          expect(their?.values.get(value), place).to.not.deep.equal(is?.values.get(value));
        }
      }),
    );
  });

  it('law: swapping the sides swaps the conflicts', () => {
    const turned = { 'theirs-removed': 'ours-removed', 'ours-removed': 'theirs-removed' } as Record<
      string,
      string
    >;
    const fold = (path: readonly string[]): string[] => path.map(foldName);
    fc.assert(
      fc.property(three, ([base, theirs, ours]) => {
        const one = mergeHives(base, theirs, ours).conflicts.map(({ path, kind, ...rest }) => ({
          ...rest,
          ...('name' in rest && { name: foldName(rest.name) }),
          path: fold(path),
          kind: turned[kind] ?? kind,
          theirs: rest.ours,
          ours: rest.theirs,
        }));
        const other = mergeHives(base, ours, theirs).conflicts.map(({ path, ...rest }) => ({
          ...rest,
          ...('name' in rest && { name: foldName(rest.name) }),
          path: fold(path),
        }));
        expect(one).to.deep.equal(other);
      }),
    );
  });

  it('law: disjoint changes make no conflict, and both are in', () => {
    fc.assert(
      fc.property(hive, hive, hive, hive, (left, right, newLeft, newRight) => {
        const of = (a: RegistryKey, b: RegistryKey): RegistryKey =>
          keyOf(
            '',
            'key',
            [],
            [
              { ...a, name: 'left' },
              { ...b, name: 'right' },
            ],
          );
        const { merged, conflicts } = mergeHives(of(left, right), of(newLeft, right), of(left, newRight));
        expect(conflicts).to.deep.equal([]);
        expect(equalKeys(merged, of(newLeft, newRight))).to.equal(true);
      }),
    );
  });
});

describe('mergeRegistries', () => {
  it('merges hive by hive, and names the hive of a conflict', () => {
    const base = registry('[HKLM\\A]\n"v"="1"\n[HKU\\S-1]\n"v"="1"');
    const theirs = registry('[HKLM\\A]\n"v"="2"\n[HKCU\\T]');
    const ours = registry('[HKLM\\A]\n"v"="3"\n[HKU\\S-1]\n"v"="1"\n[HKU\\.DEFAULT\\O]');
    const { merged, conflicts } = mergeRegistries(base, theirs, ours);
    expect([...merged.keys()]).to.deep.equal(['machine', 'user', 'user-template'] satisfies HiveRoot[]);
    expect(conflicts.map(({ root, kind }) => [root, kind])).to.deep.equal([['machine', 'both-changed']]);
  });
});
