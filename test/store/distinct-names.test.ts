import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Change } from '../../src/patch/change.ts';
import { type Folder, assertDistinct, withFolders } from '../../src/store/distinct-names.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { add, expectFailure, file, move, remove } from '../patch/samples.ts';

/** File systems that we have not got: those of Windows and of macOS. */
const folding = (fold: (name: string) => string) => (): Folder => {
  const taken = new Set<string>();
  return {
    take: (name) => {
      const known = taken.has(fold(name));
      taken.add(fold(name));
      return !known;
    },
  };
};
const ntfs = folding((name) => name.toUpperCase());
const apfs = folding((name) => name.normalize('NFD').toLowerCase());
const ext4 = folding((name) => name);

const [nfc, nfd] = ['AppRoot/caf\u00e9', 'AppRoot/cafe\u0301'];
const modify = (name: string): Change => ({ ...add(name), kind: 'modify', before: file(2) }) as Change;

describe('names that a file system takes for one (FORMAT §9)', () => {
  for (const [title, changes, on] of [
    ['two files that differ in case', [add('AppRoot/README'), add('AppRoot/Readme')], [ntfs, apfs]],
    ['a file and a folder', [add('AppRoot/Data'), add('AppRoot/data', { type: 'directory' })], [ntfs, apfs]],
    ['two ways to write an accent', [add(nfd), add(nfc)], [apfs]],
    ['folders on the way', [add('AppRoot/Dir/a'), add('AppRoot/dir/b')], [ntfs, apfs]],
    ['folders of variables', [add('ProgramFiles/a'), add('Programfiles/a')], [ntfs, apfs]],
    ['a new name beside one that is there', [modify('AppRoot/a'), add('AppRoot/A')], [ntfs, apfs]],
    ['two names before', [remove('AppRoot/A'), remove('AppRoot/a')], [ntfs, apfs]],
    [
      'a move to a name that another one takes',
      [move('AppRoot/x', 'AppRoot/A'), add('AppRoot/a')],
      [ntfs, apfs],
    ],
  ] as const) {
    it(`refuses ${title}, only where it is so`, async () => {
      for (const one of on) {
        await expectFailure('E_NAME', /takes it for another name/, () => assertDistinct(changes, one));
      }
      for (const one of [ntfs, apfs, ext4])
        if (!(on as readonly unknown[]).includes(one)) assertDistinct(changes, one);
    });
  }

  for (const [title, changes] of [
    ['a change of case', [move('AppRoot/README', 'AppRoot/readme')]],
    ['a change of case with another content', [remove('AppRoot/README'), add('AppRoot/readme')]],
    ['the same name in two folders', [add('AppRoot/a/x'), add('AppRoot/b/X')]],
  ] as const) {
    it(`allows ${title}`, () => {
      for (const one of [ntfs, apfs, ext4]) assertDistinct(changes, one);
    });
  }

  it('asks only about names that may be one', () => {
    assertDistinct([add('AppRoot/a'), add('AppRoot/b/a'), remove('AppRoot/c')], () => {
      throw new Error('was asked');
    });
  });

  it('the file system here tells them apart, or the patch is refused and nothing is written', () =>
    withScratch(async (root) => {
      const tree = treeOf({ README: '1', Readme: '2', 'caf\u00e9': '3', 'cafe\u0301': '4' });
      const patch = await makePatch({ base: memoryLayer(new Map()), target: memoryLayer(tree) });
      const probe = withFolders(root, (folder) => {
        const { take } = folder();
        return [take('a'), take('A'), take('\u00e9'), take('e\u0301')];
      });
      expect(readdirSync(root)).to.deep.equal([]);
      const place = join(root, 'app');
      writeTree(place, new Map());
      if (probe.includes(false)) {
        await refusal(() => applyPatch(patch, { to: place }), 'E_NAME');
        expect(readdirSync(place)).to.deep.equal([]);
      } else {
        await applyPatch(patch, { to: place });
        expect(listing(readTree(place))).to.deep.equal(listing(tree));
      }
    }));
});
