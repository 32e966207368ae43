/** Going back to what was there before, from the backup that a patch kept. */
import { expect } from 'chai';
import fc from 'fast-check';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusOf } from '../../src/store/status.ts';
import { undoDirectory } from '../../src/store/undo.ts';
import { layerListing, readLayer, writeLayer } from '../fixtures/layers.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal, runs } from '../fixtures/patching.ts';
import { registryPairs, treePairs } from '../fixtures/random-layer.ts';
import {
  type Tree,
  file,
  folder,
  link,
  listing,
  readTree,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

const base = treeOf({ a: 'one', 'd/x': 'x', 'd/m': 'moves', l: link('a'), t: 'a file', 'gone/e': null });
const target = treeOf({ a: 'two', m: 'moves', l: link('d'), 't/inside': 'i', d: folder(0o555), 'd/y': 'y' });
const next = treeOf({ ...Object.fromEntries(target), a: 'three' });

async function patchOf(from: Tree, to: Tree, sequence?: number): Promise<Buffer> {
  return makePatch({
    base: memoryLayer(from),
    target: memoryLayer(to),
    from: '1.0',
    to: '1.1',
    ...(sequence !== undefined && { sequence }),
  });
}

describe('undo', () => {
  it('is the identity behind apply: bytes, modes and names', () =>
    fc.assert(
      fc.asyncProperty(treePairs, ({ base: from, target: to }) =>
        withScratch(async (root) => {
          const place = join(root, 'app');
          writeTree(place, from);
          await applyPatch(await patchOf(from, to), { to: place, backup: 'keep' });
          expect(listing(readTree(place, ['.vpa']))).to.deep.equal(listing(to));
          if (!existsSync(join(place, '.vpa'))) return; // there was nothing to change
          await undoDirectory(place);
          expect(listing(readTree(root))).to.deep.equal(
            listing(
              new Map([
                ['app', folder()],
                ...[...from].map(([path, node]) => [`app/${path}`, node] as const),
              ]),
            ),
          );
        }),
      ),
      runs(60),
    ));

  it('is the identity behind apply, of a layer directory with its registry', () =>
    fc.assert(
      fc.asyncProperty(treePairs, registryPairs, (files, registry) =>
        withScratch(async (root) => {
          const [old, now] = [join(root, 'old'), join(root, 'now')];
          const one = { version: '1', files: { AppData: files.base }, registry: registry.base };
          const two = { version: '2', files: { AppData: files.target }, registry: registry.target };
          writeLayer(old, { ...one, deleteEntries: ['AppData/hides'] });
          writeLayer(now, { ...two, deleteEntries: [] });
          const before = readTree(old);
          await applyPatch(await makePatch({ base: old, target: now }), { to: old, backup: 'keep' });
          expect(layerListing(readLayer(old))).to.deep.equal(layerListing(readLayer(now)));
          await undoDirectory(old);
          expect(listing(readTree(old))).to.deep.equal(listing(before));
        }),
      ),
      runs(25),
    ));

  it('brings registry files beside the directory back, byte for byte, and leaves nothing beside them', () =>
    withScratch(async (root) => {
      const [one, two] = ['1', '2'].map(
        (value) => `REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\A]\r\n"v"="${value}"\r\n`,
      );
      const registry = [join(root, 'app.reg')];
      for (const [name, text] of [
        ['app', one],
        ['new', two],
      ] as const) {
        writeTree(join(root, name), base);
        writeFileSync(join(root, `${name}.reg`), text!);
      }
      const patch = await makePatch({
        base: { path: join(root, 'app'), registry },
        target: { path: join(root, 'new'), registry: [join(root, 'new.reg')] },
      });
      const before = readTree(root);
      await applyPatch(patch, { to: join(root, 'app'), registry, backup: 'keep' });
      expect(readFileSync(registry[0]!, 'latin1')).to.contain('"v"="2"');
      await undoDirectory(join(root, 'app'));
      expect(listing(readTree(root))).to.deep.equal(listing(before));
    }));

  it('goes back one patch only: the next one takes its place, or ends it', () =>
    withScratch(async (root) => {
      const place = join(root, 'app');
      writeTree(place, base);
      await applyPatch(await patchOf(base, target), { to: place, backup: 'keep' });
      const second = await patchOf(target, next);
      await applyPatch(second, { to: place, backup: 'keep' });
      await undoDirectory(place);
      expect(listing(readTree(place, ['.vpa']))).to.deep.equal(listing(target));
      await refusal(() => undoDirectory(place), 'E_INPUT');
      await applyPatch(second, { to: place, backup: 'keep' });
      await applyPatch(await patchOf(next, base), { to: place });
      await refusal(() => undoDirectory(place), 'E_INPUT');
      expect(listing(readTree(place, ['.vpa']))).to.deep.equal(listing(base));
    }));

  const changes: Record<string, (place: string) => void> = {
    'a changed file': (place) => writeFileSync(join(place, 'a'), 'mine'),
    'a missing file': (place) => rmSync(join(place, 'm')),
    'another link': (place) => {
      rmSync(join(place, 'l'));
      writeFileSync(join(place, 'l'), '');
    },
    'a removed file that is there again': (place) => {
      chmodSync(join(place, 'd'), 0o755);
      writeFileSync(join(place, 'd', 'x'), 'mine');
      chmodSync(join(place, 'd'), 0o555);
    },
    'a file of others in a folder that has to go': (place) => writeFileSync(join(place, 't', 'mine'), 'mine'),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`refuses ${what}, and changes nothing`, () =>
      withScratch(async (root) => {
        const place = join(root, 'app');
        writeTree(place, base);
        await applyPatch(await patchOf(base, target), { to: place, backup: 'keep' });
        change(place);
        const before = readTree(place);
        const error = await refusal(() => undoDirectory(place), 'E_BASE_MISMATCH');
        expect(error.details).to.have.length(1);
        expect(listing(readTree(place))).to.deep.equal(listing(before));
        expect(statusOf(place).undo).to.include({ from: '1.0', to: '1.1' });
      }));
  }

  it('leaves alone what others have added or removed elsewhere', () =>
    withScratch(async (root) => {
      const place = join(root, 'app');
      writeTree(place, base);
      await applyPatch(await patchOf(base, target), { to: place, backup: 'keep' });
      writeFileSync(join(place, 'mine'), 'mine');
      mkdirSync(join(place, 'gone'));
      await undoDirectory(place);
      expect(listing(readTree(place))).to.deep.equal(listing(new Map([...base, ['mine', file('mine')]])));
    }));

  it('brings back what was remembered of the patch before', () =>
    withScratch(async (root) => {
      const place = join(root, 'app');
      writeTree(place, base);
      await applyPatch(await patchOf(base, target, 4), { to: place });
      await applyPatch(await patchOf(target, next, 5), { to: place, backup: 'keep' });
      expect(statusOf(place).last).to.include({ sequence: 5 });
      await undoDirectory(place);
      expect(statusOf(place).last).to.include({ sequence: 4 });
    }));
});
