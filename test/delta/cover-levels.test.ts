import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../../src/bytes.ts';
import { longestHeader, parseHeader, profile } from '../../src/delta/cover/block-format.ts';
import { cover } from '../../src/delta/cover/cover.ts';
import type { LevelName } from '../../src/delta/cover/levels.ts';
import { collect, context, noise } from '../contract/delta-codec.ts';

const size = async (level: LevelName, reference: Uint8Array, target: Uint8Array): Promise<number> =>
  (await collect(cover({ level }).encode(bytesOf(reference), bytesOf(target), context()))).length;

const read = (...path: readonly string[]): Buffer =>
  readFileSync(join(import.meta.dirname, '..', '..', 'node_modules', ...path));

/** Blocks that hardly compress, but come again far behind: an archive of archives. */
function repeating(seed: number): Uint8Array {
  const blocks = [1, 2, 3, 4, 5].map((number) => noise(40_000, seed + number));
  const small = Buffer.alloc(30_000, Buffer.from(noise(300, seed)).toString('base64'));
  return Buffer.concat([...blocks, small, ...blocks.toReversed(), small, ...blocks]);
}

describe('a higher level of cover() is not larger', function () {
  this.timeout(120_000);
  const source = (version: string): Buffer => read(`date-fns-${version}`, 'esm', 'format', 'index.js');
  const program = (version: string): Buffer =>
    read(`7zip-${version}`, 'win', 'x64', '7za.exe').subarray(300_000, 420_000);
  const pairs: Readonly<Record<string, readonly [Uint8Array, Uint8Array]>> = {
    'a few words': [Buffer.from('version 1.0.0\n'), Buffer.from('version 1.1.0 of today\n')],
    'a small new text': [new Uint8Array(), source('2.30.0').subarray(0, 2000)],
    'a text': [source('2.29.3'), source('2.30.0')],
    'a program': [program('5.1.1'), program('5.2.0')],
    'few new bytes': [noise(5000), Buffer.concat([noise(5000).subarray(0, 3000), noise(40, 2)])],
    'what comes again far behind': [noise(1000), repeating(7)],
  };
  for (const [title, [reference, target]] of Object.entries(pairs)) {
    it(title, async () => {
      const fast = await size('fast', reference, target);
      const normal = await size('default', reference, target);
      expect(normal, `default, fast ${fast}`).to.be.at.most(fast);
      expect(await size('max', reference, target), `max, default ${normal}`).to.be.at.most(normal);
    });
  }
});

describe('literals of a program are looked at in detail', () => {
  const program = read('7zip-5.2.0', 'win', 'x64', '7za.exe');
  const profileOf = async (level: LevelName, target: Uint8Array): Promise<number> => {
    const delta = await collect(
      cover({ level }).encode(bytesOf(new Uint8Array()), bytesOf(target), context()),
    );
    return parseHeader(delta.subarray(0, longestHeader), target.length).profile;
  };

  it('where they are few', async () => {
    expect(await profileOf('default', program.subarray(0, 20_000))).to.equal(profile.detailed);
    expect(await profileOf('default', program.subarray(0, 200_000))).to.equal(profile.binary);
  });

  it('at level max', async () => {
    expect(await profileOf('max', program.subarray(0, 200_000))).to.equal(profile.detailed);
  });
});
