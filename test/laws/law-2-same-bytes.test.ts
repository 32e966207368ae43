import { expect } from 'chai';
import fc from 'fast-check';
import { cpSync, lutimesSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { xdelta3 } from '../../src/delta/xdelta3.ts';
import { writeLayer } from '../fixtures/layers.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { makePatch, runs } from '../fixtures/patching.ts';
import { noise, registryPairs, treePairs } from '../fixtures/random-layer.ts';
import { type Tree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

function age(root: string, tree: Tree): void {
  let days = 0;
  for (const path of tree.keys()) lutimesSync(join(root, path), 1e9 + 86_400 * days, 1e9 - 86_400 * days++);
}

/** Every path behind its folder, but otherwise the other way round. */
function backwards(tree: Tree): string[] {
  return [...tree.keys()]
    .sort()
    .reverse()
    .sort((a, b) => a.split('/').length - b.split('/').length);
}

describe('law 2: same inputs, same patch bytes', () => {
  it('in two runs, from elsewhere, with other times, and written in another order', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base, target }) =>
        withScratch(async (root) => {
          const there = (...names: string[]): string => join(root, ...names);
          writeTree(there('1.0'), base);
          writeTree(there('1.1'), target);
          const first = await makePatch({ base: there('1.0'), target: there('1.1') });
          const again = await makePatch({ base: there('1.0'), target: there('1.1') });
          expect(again.equals(first), 'two runs').to.equal(true);
          writeTree(there('x', 'old one'), base, backwards(base));
          writeTree(there('y', 'new one'), target, backwards(target));
          age(there('x', 'old one'), base);
          age(there('y', 'new one'), target);
          const elsewhere = await makePatch({ base: there('x', 'old one'), target: there('y', 'new one') });
          expect(elsewhere.equals(first), 'from elsewhere').to.equal(true);
        }),
      ),
      runs(40),
    ));

  it('of a layer with its registry', () =>
    fc.assert(
      fc.asyncProperty(treePairs, registryPairs, (files, registry) =>
        withScratch(async (root) => {
          const [old, now, moved] = [join(root, 'old'), join(root, 'now'), join(root, 'a', 'b')];
          for (const [place, side, version] of [
            [old, 'base', '1'],
            [now, 'target', '2'],
          ] as const) {
            const data = { files: { AppData: files[side] }, registry: registry[side], deleteEntries: [] };
            writeLayer(place, { version, ...data });
          }
          const first = await makePatch({ base: old, target: now });
          cpSync(old, moved, { recursive: true, verbatimSymlinks: true, preserveTimestamps: false });
          renameSync(moved, join(dirname(moved), 'c'));
          const again = await makePatch({ base: old, target: now });
          expect(again.equals(first)).to.equal(true);
        }),
      ),
      runs(20),
    ));

  it('with any number of threads, and with real worker threads or without', async function () {
    this.timeout(120_000);
    const edit = (text: string): string => `${text.slice(0, 1000)}insert${text.slice(1000, -10)}`;
    const files = Array.from({ length: 6 }, (_, n) => [`f${n}`, noise(300_000 + n, n)] as const);
    const base = treeOf(Object.fromEntries(files));
    const target = treeOf(Object.fromEntries(files.map(([name, text]) => [name, edit(text)])));
    const make = (options: object): Promise<Buffer> =>
      makePatch({ base: memoryLayer(base), target: memoryLayer(target), ...options });
    const inline = await make({ threads: 1 });
    expect(inline.length).to.be.below(50_000);
    for (const threads of [1, 2, 4]) {
      const made = await make({ threads, codecs: [xdelta3()] });
      expect(made.equals(inline), `${threads} threads`).to.equal(true);
    }
  });
});
