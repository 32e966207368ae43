import { expect } from 'chai';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Vinyl from 'vinyl';
import * as plugins from '../../plugins/index.ts';
import { create } from '../../presets/index.ts';
import { openDirectory } from '../../src/layer/directory-layer.ts';
import { inPlaceTarget } from '../../src/store/in-place-target.ts';
import { contentsOf } from '../../src/stream/file.ts';
import { run } from '../../src/stream/run.ts';
import { type Stage, stage } from '../../src/stream/stage.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { archive, inlineXdelta3, makePatch } from '../fixtures/patching.ts';
import { listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const base = treeOf({ a: 'one', b: 'x' });
const target = treeOf({ a: 'two', c: 'x' });

/** Of each kind that gulp knows; made anew, so that nobody shares a stream. */
function foreign(): Vinyl[] {
  return [
    new Vinyl({ base: '/', path: '/readme.txt', contents: Buffer.from('text') }),
    new Vinyl({ base: '/', path: '/stream.bin', contents: Readable.from([Buffer.from('streamed')]) }),
    new Vinyl({ base: '/', path: '/folder', contents: null }),
    Object.assign(new Vinyl({ base: '/', path: '/own', contents: null }), { sourceMap: { own: true } }),
  ];
}

/** Lets all foreign files in before, between and after the others. */
function mixing(files: readonly Vinyl[]): Stage {
  return stage('mixing', async function* (given) {
    const rest = [...files];
    const early = rest.shift();
    if (early) yield early;
    for await (const file of given) {
      yield file;
      const next = rest.shift();
      if (next) yield next;
    }
    yield* rest;
  });
}

describe('foreign files', () => {
  it('pass through every stage of create as the very same objects', async () => {
    const strangers = foreign();
    const capture = plugins.capture({ base: memoryLayer(base), target: memoryLayer(target) });
    const out: Vinyl[] = [];
    await run([capture, mixing(strangers), ...create({ id: 'x', codecs: [inlineXdelta3] })], {
      onFile: (file) => {
        out.push(file);
        if (file.extname === '.vpa' && file.isStream()) file.contents.resume();
      },
    });
    expect(out.filter((file) => file.extname !== '.vpa')).to.have.members(strangers);
    expect(out).to.have.length(strangers.length + 1);
    expect(Buffer.from(await contentsOf(strangers[0]!)).toString()).to.equal('text');
    expect(Buffer.from(await contentsOf(strangers[1]!)).toString()).to.equal('streamed');
  });

  it('pass through every stage of apply as the very same objects', () =>
    withScratch(async (root) => {
      const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
      const place = join(root, 'app');
      writeTree(place, base);
      const layer = openDirectory(place);
      const strangers = foreign();
      const out: Vinyl[] = [];
      await run(
        [
          archive(patch),
          mixing(strangers),
          plugins.unpack(),
          plugins.verify({ allowUnsigned: true }),
          plugins.apply({ base: layer }),
          plugins.deploy({ target: inPlaceTarget(layer) }),
        ],
        { onFile: (file) => void out.push(file) },
      );
      expect(out.filter((file) => !('change' in file) && !('plan' in file))).to.have.members(strangers);
      expect(listing(readTree(place))).to.deep.equal(listing(target));
    }));

  const stages: Readonly<Record<string, () => Stage>> = {
    compress: () => plugins.compress(),
    'diff-files': () => plugins.diffFiles({ threads: 1 }),
    'diff-registry': () => plugins.diffRegistry(),
    normalize: () => plugins.normalize({ excludes: ['*'] }),
    sign: () => plugins.sign({ signers: [] }),
    unpack: () => plugins.unpack(),
    deploy: () => plugins.deploy({ file: '/nowhere/x.vpa' }),
  };
  for (const [name, make] of Object.entries(stages)) {
    it(`pass through ${name} alone, in their order`, async () => {
      const strangers = foreign();
      const chain = mixing(strangers);
      chain.end();
      const out: Vinyl[] = [];
      await run([chain, make()], { onFile: (file) => void out.push(file) });
      expect(out).to.deep.equal(strangers);
      out.forEach((file, at) => expect(file).to.equal(strangers[at]));
    });
  }
});
