/** hivexregedit on both sides of a hive: it merges .reg text of ours, and we read the .reg text that it exports. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOf } from '../../../src/bytes.ts';
import { formatReg } from '../../../src/registry/text/format-reg.ts';
import type { RegistryKey, RegistryValue } from '../../../src/registry/hive.ts';
import { emptyKey } from '../../../src/registry/key.ts';
import { parseReg } from '../../../src/registry/text/parse-reg.ts';
import { openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { formatRegf } from '../../../src/registry/regf-write/format-regf.ts';
import { needs } from '../../contract/needs.ts';
import { withScratch } from '../../fixtures/tree.ts';
import { hive, keyWith } from '../regf-write/arbitrary.ts';
import { contentsOf, expectContents } from './contents.ts';

const count = 40;
const prefix = 'HKEY_LOCAL_MACHINE';

/** Names that its parser takes: it knows neither brackets in keys nor letters beyond ASCII. */
function plain(name: string): string {
  return name.slice(0, 100).replaceAll(/[^A-Za-z0-9_. -]/g, '_');
}

function simple(key: RegistryKey): RegistryKey {
  const values = [...key.values.values()].map((value): RegistryValue => ({
    ...value,
    name: plain(value.name),
  }));
  return keyWith(plain(key.name), values, [...key.keys.values()].map(simple));
}

function hivexregedit(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('hivexregedit', words, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  expect([status, stderr]).to.deep.equal([0, '']);
  return stdout;
}

describe('hivexregedit', function () {
  this.timeout(120_000);
  before(function () {
    needs(this, 'hivexregedit', []);
  });
  const trees = fc.sample(hive.map(simple), { numRuns: count, seed: 8 });

  it(`merges our .reg text of ${count} random trees into hives that we read`, () =>
    withScratch(async (scratch) => {
      const [path, text] = [join(scratch, 'hive'), join(scratch, 'text.reg')];
      for (const [at, tree] of trees.entries()) {
        writeFileSync(path, formatRegf(emptyKey()));
        const reg = Buffer.from(formatReg(new Map([['machine', tree]])));
        writeFileSync(text, reg.toString('utf16le', 2).replaceAll('\r\n', '\n'));
        hivexregedit('--merge', '--prefix', prefix, path, text);
        const read = await (await openHive(bytesOf(readFileSync(path)))).toKey();
        expectContents(contentsOf(read), contentsOf(tree), `tree ${at}`);
      }
    }));

  it(`exports our hives of ${count} random trees as text that we read`, () =>
    withScratch(async (scratch) => {
      const path = join(scratch, 'hive');
      for (const [at, tree] of trees.entries()) {
        writeFileSync(path, formatRegf(tree));
        const text = hivexregedit('--export', '--prefix', prefix, path, '\\');
        const read = parseReg(Buffer.from(text)).get('machine') ?? emptyKey();
        expectContents(contentsOf(read), contentsOf(tree), `tree ${at}`);
      }
    }));
});
