/** Hives that hivex wrote, read by us: what was asked for, and nothing else. */
import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOf } from '../../../src/bytes.ts';
import type { RegistryKey, RegistryValue } from '../../../src/registry/hive.ts';
import { countKeys } from '../../../src/registry/key.ts';
import { openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { formatRegf } from '../../../src/registry/regf-write/format-regf.ts';
import { dataOf, hive, keyWith, readable } from '../regf-write/arbitrary.ts';
import { needHivex, readWithHivex } from '../regf-write/hivex.ts';
import { contentsOf, contentsSeen, expectContents } from './contents.ts';
import { writeWithHivex } from './hivex-writer.ts';

/** What one process writes. */
const batch = 50;
const batches = 8;

/** Names go into hivex as C strings, so they have no NUL. */
function writable(key: RegistryKey): RegistryKey {
  const values = [...key.values.values()].map((value): RegistryValue => {
    return { ...value, name: value.name.replaceAll('\0', '0') };
  });
  const keys = [...key.keys.values()].map(writable);
  return keyWith(key.name.replaceAll('\0', '0'), values, keys);
}

describe('regf: we read what hivex writes', function () {
  this.timeout(120_000);
  before(needHivex);

  async function expectRead(trees: readonly RegistryKey[], what: string): Promise<Buffer[]> {
    const hives = writeWithHivex(trees);
    for (const [at, bytes] of hives.entries()) {
      const read = await (await openHive(bytesOf(bytes))).toKey();
      expectContents(contentsOf(read), contentsOf(trees[at]!), `${what}: tree ${at}`);
    }
    return hives;
  }

  it(`of ${batch * batches} random trees`, async () => {
    const count = { keys: 0, values: 0 };
    for (let seed = 0; seed < batches; seed++) {
      const trees = fc.sample(hive.map(readable).map(writable), { numRuns: batch, seed });
      await expectRead(trees, `seed ${seed}`);
      for (const { keys, values } of trees.map(countKeys)) {
        count.keys += keys;
        count.values += values;
      }
    }
    process.stdout.write(`\n      ${batch * batches} trees: ${count.keys} keys, ${count.values} values\n`);
    expect(count.keys).to.be.greaterThan(2000);
    expect(count.values).to.be.greaterThan(2000);
  });

  it('of many subkeys, many values, long names and big data', async () => {
    const many = Array.from({ length: 1500 }, (_, at) => keyWith(`Key ${(at * 7919) % 1500}`, []));
    const values = Array.from({ length: 1500 }, (_, at) => ({
      name: `v${at}`,
      type: at,
      data: dataOf(at % 9),
    }));
    // hivex allocates no cell of more than 1,000,000 bytes, and writes no segments.
    const sizes = [16_344, 16_345, 100_000, 999_000];
    const big = sizes.map((size) => ({ name: `${size}`, type: 3, data: dataOf(size) }));
    const long = { name: 'v'.repeat(1000), type: 1, data: dataOf(7) };
    const deep = Array.from({ length: 100 }).reduce<RegistryKey>(
      (below) => keyWith('d', [], [below]),
      keyWith('d', []),
    );
    const tree = keyWith(
      '',
      [long],
      [
        keyWith('keys', [], many),
        keyWith('values', values),
        keyWith('big', big),
        keyWith('n'.repeat(255), []),
        deep,
      ],
    );
    await expectRead([tree], 'large');
  });

  it('and hivex reads the same after we wrote it again', async () => {
    const trees = fc.sample(hive.map(readable).map(writable), { numRuns: batch, seed: 99 });
    const hives = await expectRead(trees, 'seed 99');
    const ours: Uint8Array[] = [];
    for (const bytes of hives) ours.push(formatRegf(await (await openHive(bytesOf(bytes))).toKey()));
    const seen = readWithHivex(ours);
    expect(seen.length).to.equal(trees.length);
    for (const [at, tree] of trees.entries())
      expectContents(contentsSeen(seen[at]), contentsOf(tree), `tree ${at}`);
  });
});
