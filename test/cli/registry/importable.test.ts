import { expect } from 'chai';
import fc from 'fast-check';
import { importable } from '../../../src/cli/registry/importable.ts';
import { diffHives } from '../../../src/registry/delta/diff.ts';
import { formatHive } from '../../../src/registry/text/format-reg.ts';
import type { RegistryKey } from '../../../src/registry/hive.ts';
import { emptyKey } from '../../../src/registry/key.ts';
import { sameKey } from '../../../src/registry/merge/same.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { pair } from '../../registry/arbitrary.ts';

/** As a machine's own registry: nothing hides anything there. */
function plain({ name, values, keys }: RegistryKey): RegistryKey {
  return {
    name,
    kind: 'key',
    values: new Map([...values].filter(([, { type }]) => type !== 'delete-entry')),
    keys: new Map([...keys].map(([folded, key]) => [folded, plain(key)])),
  };
}

/** What regedit does with a file. */
function imported(hive: RegistryKey, file: RegistryKey): RegistryKey {
  const start = file.kind === 'opaque' ? emptyKey(hive.name) : hive;
  const values = new Map(start.values);
  for (const [folded, value] of file.values) {
    if (value.type === 'delete-entry') values.delete(folded);
    else values.set(folded, value);
  }
  const keys = new Map(start.keys);
  for (const [folded, key] of file.keys) {
    if (key.kind === 'delete-entry') keys.delete(folded);
    else keys.set(folded, imported(keys.get(folded) ?? emptyKey(key.name), key));
  }
  return { name: start.name, kind: 'key', values, keys };
}

describe('importable', () => {
  it('law: importing the difference makes the second of the first', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [before, after] = [plain(a), plain(b)];
        const text = formatHive('machine', importable(diffHives(before, after), after));
        const file = parseReg(text).get('machine') ?? emptyKey();
        expect(sameKey(imported(before, file), after)).to.equal(true);
      }),
    );
  });

  it('law: it has everything of a key that is opaque now', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const before: RegistryKey = { ...emptyKey(), keys: new Map([['K', { ...plain(a), name: 'K' }]]) };
        const opaque: RegistryKey = { ...plain(b), name: 'K', kind: 'opaque' };
        const after: RegistryKey = { ...emptyKey(), keys: new Map([['K', opaque]]) };
        const file = importable(diffHives(before, after), after);
        expect(sameKey(imported(before, file), plain(after))).to.equal(true);
      }),
    );
  });
});
