/** The public VCDIFF suites (ably/vcdiff-tests, google/open-vcdiff). */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { bytesOf } from '../../src/bytes.ts';
import { type DeltaCodec } from '../../src/delta/codec.ts';
import { xdelta3 } from '../../src/delta/xdelta3.ts';
import { collect, context, decodeHostile } from '../contract/delta-codec.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(resolve(root, process.env['VPA_TEST_DATA'] ?? '../shared/data'), 'vcdiff');
const codec: DeltaCodec = xdelta3();

const file = (...path: string[]): Buffer => readFileSync(join(folder, ...path));

interface Case {
  readonly title: string;
  readonly source: Buffer;
  readonly delta: Buffer;
  readonly target: Buffer;
}

/** All folders below that hold a delta. */
function casesOf(...path: string[]): Case[] {
  const paths = readdirSync(join(folder, ...path), { recursive: true, encoding: 'utf8' });
  return paths
    .filter((name) => basename(name) === 'delta.vcdiff')
    .map((name) => {
      const title = dirname(name);
      const part = (which: string): Buffer => file(...path, title, which);
      return { title, source: part('source'), delta: part('delta.vcdiff'), target: part('target') };
    });
}

describe('the public VCDIFF suites', () => {
  before(function () {
    if (existsSync(folder)) return;
    process.stdout.write(`skipped: no VCDIFF suite in ${folder} (set VPA_TEST_DATA)\n`);
    this.skip();
  });

  for (const [kind, count] of [
    ['general-positive', 4],
    ['targeted-positive', 26],
  ] as const) {
    it(`decodes ably ${kind}: ${count} cases`, async () => {
      const cases = casesOf('ably', kind);
      expect(cases).to.have.length(count);
      for (const { title, source, delta, target } of cases) {
        const result = await collect(codec.decode(bytesOf(source), bytesOf(delta), target.length, context()));
        expect(result.equals(target), title).to.equal(true);
      }
    });
  }

  it('refuses ably targeted-negative: 33 cases, whatever size is expected', async () => {
    const cases = casesOf('ably', 'targeted-negative');
    expect(cases).to.have.length(33);
    for (const { title, source, delta } of cases) {
      for (let size = 0; size <= 16; size += 1) {
        expect(await decodeHostile(codec, source, delta, size), `${title}, size ${size}`).to.equal(null);
      }
    }
  });

  it('refuses the overflows of open-vcdiff', async () => {
    const dictionary = file('open-vcdiff', 'size-overflow-dictionary');
    for (const name of ['size-overflow-delta', 'allocates_4gb.vcdiff']) {
      const delta = file('open-vcdiff', name);
      for (const size of [0, 121, 1 << 20, 2 ** 32]) {
        expect(await decodeHostile(codec, dictionary, delta, size), `${name}, size ${size}`).to.equal(null);
      }
    }
  });

  it('brings the files of open-vcdiff back', async () => {
    const names = ['configure.ac.v0.1', 'configure.ac.v0.2', 'empty_file.txt'];
    const contents = names.map((name) => file('open-vcdiff', name));
    for (const reference of contents) {
      for (const target of contents) {
        const delta = await collect(codec.encode(bytesOf(reference), bytesOf(target), context()));
        const result = await collect(
          codec.decode(bytesOf(reference), bytesOf(delta), target.length, context()),
        );
        expect(result.equals(target)).to.equal(true);
      }
    }
  });
});
