import { expect } from 'chai';
import gulp from 'gulp';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as plugins from '../../plugins/index.ts';
import { create } from '../../presets/index.ts';
import { openDirectory } from '../../src/layer/directory-layer.ts';
import { inPlaceTarget } from '../../src/store/in-place-target.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { inlineXdelta3, makePatch } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

// Bytes that are no UTF-8: read or written as text they would be others, and more.
const base = treeOf({ a: noise(200_000, 1), b: 'x' });
const target = treeOf({ a: `\xff\xfe${noise(200_000, 1)}`, 'c/d': noise(70_000, 2) });

function chain(): ReturnType<typeof plugins.capture>[] {
  const capture = plugins.capture({ base: memoryLayer(base), target: memoryLayer(target) });
  return [capture, ...create({ id: 'notes', from: '1.0', to: '1.1', codecs: [inlineXdelta3] })];
}

describe('with gulp and node:stream', () => {
  it('capture … pack → gulp.dest writes the patch byte by byte, under its name', () =>
    withScratch(async (root) => {
      await pipeline([...chain(), gulp.dest(root, { encoding: false })]);
      expect(readdirSync(root)).to.deep.equal(['notes-1.0-1.1.vpa']);
      const options = { id: 'notes', from: '1.0', to: '1.1' };
      const wanted = await makePatch({ base: memoryLayer(base), target: memoryLayer(target), ...options });
      expect(readFileSync(join(root, 'notes-1.0-1.1.vpa')).equals(wanted)).to.equal(true);
    }));

  for (const read of [false, true]) {
    for (const buffer of read ? [true, false] : [true]) {
      it(`gulp.src with read: ${read}, buffer: ${buffer} → unpack … deploy`, () =>
        withScratch(async (root) => {
          writeFileSync(
            join(root, 'p.vpa'),
            await makePatch({ base: memoryLayer(base), target: memoryLayer(target) }),
          );
          const place = join(root, 'app');
          writeTree(place, base);
          const layer = openDirectory(place);
          await pipeline([
            gulp.src(join(root, '*.vpa'), { encoding: false, read, buffer }),
            plugins.unpack(),
            plugins.verify({ allowUnsigned: true }),
            plugins.apply({ base: layer }),
            plugins.deploy({ target: inPlaceTarget(layer) }),
          ]);
          expect(listing(readTree(place))).to.deep.equal(listing(target));
        }));
    }
  }

  it('an archive that was read as text is refused, not applied', () =>
    withScratch(async (root) => {
      writeFileSync(
        join(root, 'p.vpa'),
        await makePatch({ base: memoryLayer(base), target: memoryLayer(target) }),
      );
      let code: unknown;
      await pipeline([
        gulp.src(join(root, '*.vpa')),
        plugins.unpack(),
        plugins.verify({ allowUnsigned: true }),
      ]).catch((error: unknown) => (code = (error as { code?: unknown }).code));
      expect(code).to.equal('E_FORMAT');
    }));

  it('deploy to a file writes it whole, with the same bytes', () =>
    withScratch(async (root) => {
      const path = join(root, 'out.vpa');
      await pipeline([...chain(), plugins.deploy({ file: path })]);
      const options = { id: 'notes', from: '1.0', to: '1.1' };
      const wanted = await makePatch({ base: memoryLayer(base), target: memoryLayer(target), ...options });
      expect(readFileSync(path).equals(wanted)).to.equal(true);
      expect(readdirSync(root)).to.deep.equal(['out.vpa']);
    }));
});
