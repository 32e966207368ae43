import { expect } from 'chai';
import { join } from 'node:path';
import * as plugins from '../../plugins/index.ts';
import { isChange } from '../../src/stream/file.ts';
import { run } from '../../src/stream/run.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, archive, makePatch } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { footprint, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const base = treeOf({ a: 'one', 'd/b': noise(90_000, 1), c: noise(5000, 2), same: noise(5000, 3) });
const target = treeOf({ a: 'two', 'd/b': `${noise(90_000, 1)}!`, c2: noise(5000, 2), same: noise(5000, 3) });

describe('law 5: the world is touched only at the ends', () => {
  it('making a patch of layers that are in memory touches no disk', async () => {
    const calls: string[] = [];
    const make = (): Promise<Buffer> => makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
    await watchingCalls((call, path) => void calls.push(`${call} ${path}`), make);
    expect(calls).to.deep.equal([]);
  });

  it('unpack, verify and apply touch no disk either: only deploy writes', async () => {
    const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
    const calls: string[] = [];
    const made: string[] = [];
    await watchingCalls(
      (call, path) => void calls.push(`${call} ${path}`),
      () =>
        run(
          [
            archive(patch),
            plugins.unpack(),
            plugins.verify({ allowUnsigned: true }),
            plugins.apply({ base: memoryLayer(base) }),
          ],
          {
            onFile: (file) => {
              if (isChange(file)) made.push(file.change.name);
            },
          },
        ),
    );
    expect(made).to.deep.equal(['AppRoot/a', 'AppRoot/c2', 'AppRoot/d/b']);
    expect(calls).to.deep.equal([]);
  });

  it('capture only reads: neither side changes', () =>
    withScratch(async (root) => {
      const [old, now] = [join(root, 'old'), join(root, 'now')];
      writeTree(old, base);
      writeTree(now, target);
      const before = footprint(root);
      await makePatch({ base: old, target: now });
      expect(footprint(root)).to.deep.equal(before);
    }));

  it('deploy writes nothing outside of its target', () =>
    withScratch(async (root) => {
      const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
      const place = join(root, 'app');
      writeTree(place, base);
      const outside: string[] = [];
      await watchingCalls(
        (call, path) => {
          if (!path.startsWith(place) && !/^\d+$/.test(path)) outside.push(`${call} ${path}`);
        },
        () => applyPatch(patch, { to: place }),
      );
      expect(outside).to.deep.equal([]);
    }));
});

describe('law 8: cost follows change', () => {
  it('applying reads what changes and what is referred to, and nothing else', async () => {
    const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
    const layer = memoryLayer(base);
    await run([
      archive(patch),
      plugins.unpack(),
      plugins.verify({ allowUnsigned: true }),
      plugins.apply({ base: layer }),
    ]);
    expect([...new Set(layer.reads)]).to.not.include('AppRoot/same');
    expect([...new Set(layer.reads)]).to.not.include('AppRoot/c');
  });
});
