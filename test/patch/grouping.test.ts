import { expect } from 'chai';
import { bytesOf, digestOf } from '../../src/bytes.ts';
import type { Entry } from '../../src/layer/layer.ts';
import { entryName } from '../../src/layer/name.ts';
import { type Candidate, groupFiles } from '../../src/patch/grouping.ts';
import { findSimilarFiles } from '../../src/patch/similar-files.ts';
import { noise } from '../contract/delta-codec.ts';

function entry(name: string, data: Uint8Array, size = data.length): Entry {
  return {
    name: entryName(name),
    meta: { type: 'file', size, digest: digestOf(data), mode: 0o644 },
    bytes: bytesOf(data),
  };
}

const candidate = (name: string, more: Partial<Candidate> = {}): Candidate => ({
  name,
  size: 1000,
  text: true,
  before: null,
  alike: [],
  ...more,
});

describe('which files are coded together', () => {
  const old = (name: string, size = 10): Entry => entry(`AppRoot/${name}`, noise(10), size);
  const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

  it('text, small binary files, and each large program alone', () => {
    const files = [
      candidate('a.dll', { text: false, size: 1 << 20 }),
      candidate('b.txt'),
      candidate('c.bin', { text: false }),
      candidate('d.txt', { size: 9 << 20 }),
      candidate('e.bin', { text: false }),
      candidate('f.dll', { text: false, size: 2 << 20 }),
    ];
    expect(groupFiles(files, []).map(({ members }) => names(members))).to.deep.equal([
      ['b.txt', 'd.txt'],
      ['c.bin', 'e.bin'],
      ['a.dll'],
      ['f.dll'],
    ]);
    expect(groupFiles([], [])).to.deep.equal([]);
  });

  it('against what they were, and what they are like, once each and in byte order', () => {
    const [x, y, z] = [old('x'), old('y'), old('z')];
    const files = [
      candidate('a.txt', { before: z, alike: [x, y] }),
      candidate('b.txt', { before: x, alike: [x] }),
    ];
    const [group] = groupFiles(files, []);
    expect(names(group?.references ?? [])).to.deep.equal(['AppRoot/x', 'AppRoot/y', 'AppRoot/z']);
  });

  it('and no more of the base than the codec keeps in view, first what they were', () => {
    const huge = old('huge', 200 << 20);
    const [first] = groupFiles([candidate('a.bin', { text: false, before: huge, alike: [old('b')] })], []);
    expect(names(first?.references ?? [])).to.deep.equal(['AppRoot/huge']);
    const part = (name: string): Entry => old(name, 30 << 20);
    const [second] = groupFiles(
      [candidate('a.txt', { before: part('was'), alike: [part('b'), old('c')] })],
      [],
    );
    expect(names(second?.references ?? [])).to.deep.equal(['AppRoot/c', 'AppRoot/was']);
    const [third] = groupFiles([candidate('a.txt', { before: old('empty', 0) })], []);
    expect(third?.references).to.deep.equal([]);
  });
});

describe('which files of the base a new one is like', () => {
  const signal = new AbortController().signal;
  const content = noise(50_000, 1);
  const base = [
    entry('AppRoot/lib/one.dll', content),
    entry('AppRoot/lib/two.dll', noise(50_000, 2)),
    entry('AppRoot/app-1a2b3c4d.js', noise(50_000, 3)),
    entry('AppRoot/other/readme-2.txt', noise(5000, 4)),
    entry('AppRoot/readme-1.txt', noise(5000, 5)),
    entry('AppRoot/tiny', noise(10, 6)),
  ];
  const find = async (name: string, data: Uint8Array): Promise<string[]> =>
    (await (await findSimilarFiles(base, signal)).find(name, bytesOf(data))).map((one) => one.name);

  it('by content, wherever it stands', async () => {
    const moved = Buffer.concat([noise(777, 9), content.subarray(10_000), noise(100, 8)]);
    expect(await find('AppRoot/new/thing', moved)).to.deep.equal(['AppRoot/lib/one.dll']);
    const both = Buffer.concat([content.subarray(0, 20_000), noise(50_000, 2)]);
    expect(await find('AppRoot/new/thing', both)).to.deep.equal([
      'AppRoot/lib/two.dll',
      'AppRoot/lib/one.dll',
    ]);
  });

  it('by a name without its version or hash, the nearest folder first', async () => {
    expect(await find('AppRoot/app-5e6f7a8b.js', noise(5000, 20))).to.deep.equal(['AppRoot/app-1a2b3c4d.js']);
    expect(await find('AppRoot/other/readme-3.txt', noise(5000, 21))).to.deep.equal([
      'AppRoot/other/readme-2.txt',
      'AppRoot/readme-1.txt',
    ]);
  });

  it('none where nothing is', async () => {
    expect(await find('AppRoot/new', noise(50_000, 30))).to.deep.equal([]);
    expect(await find('AppRoot/new', new Uint8Array())).to.deep.equal([]);
    expect(await (await findSimilarFiles([], signal)).find('AppRoot/a', bytesOf(content))).to.deep.equal([]);
  });

  it('the same whatever is asked before', async () => {
    const similar = await findSimilarFiles(base, signal);
    const first = await similar.find('AppRoot/x', bytesOf(content));
    await similar.find('AppRoot/y', bytesOf(noise(50_000, 2)));
    expect(await similar.find('AppRoot/x', bytesOf(content))).to.deep.equal(first);
  });
});
