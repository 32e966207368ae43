/** What comes into a store comes out of it again, in any form, and shares nothing with where it came from or goes to. */
import { expect } from 'chai';
import fc from 'fast-check';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectory } from '../../../src/layer/directory-layer.ts';
import { openVsa } from '../../../src/layer/vsa.ts';
import { exportDirectory, exportVsa } from '../../../src/store/layers/export-layer.ts';
import { importLayer } from '../../../src/store/layers/import-layer.ts';
import { readLayer as readStored } from '../../../src/store/layers/stored-layer.ts';
import { type LayerData, layerId, layerListing, readLayer, writableFile } from '../../fixtures/layers.ts';
import { refusal, runs } from '../../fixtures/patching.ts';
import { registryPairs, treePairs } from '../../fixtures/random-layer.ts';
import { imprint, inodesIn, stored } from '../../fixtures/stores.ts';
import { file, link, listing, readTree, treeOf, withScratch, writeTree } from '../../fixtures/tree.ts';

const data: LayerData = {
  version: '1.0',
  files: {
    AppData: treeOf({
      a: 'a',
      'd/x': file('x', 0o755),
      'd/e': null,
      l: link('a'),
      empty: '',
      big: 'b'.repeat(200_000),
    }),
    Windows: treeOf({ w: file('w', 0o600) }),
  },
  registry: new Map(),
  deleteEntries: ['AppData/hides'],
};

describe('a layer that is brought into a store', () => {
  it('is the same there, down to fields that we do not know, and what users wrote comes along', () =>
    withScratch(async (root) => {
      const { current, folder, identity, users } = await stored(root, data);
      expect(identity).to.deep.equal({ id: layerId, name: 'Notes', version: '1.0' });
      expect(users).to.deep.equal(['alice']);
      expect(layerListing(readLayer(current.directory))).to.deep.equal(layerListing(data));
      expect(readFileSync(join(folder, writableFile), 'utf8')).to.equal('what the user wrote');
      expect(readFileSync(join(current.directory, 'layer.json'), 'utf8')).to.contain('"vendorField"');
    }));

  it('shares no file with where it came from', () =>
    withScratch(async (root) => {
      const { folder } = await stored(root, data);
      const [ours, theirs] = [folder, join(root, 'source')].map((place) => [...inodesIn(place).values()]);
      expect(ours!.filter((one) => theirs!.includes(one))).to.deep.equal([]);
    }));

  it('comes out as a folder and as a VSA that are the same layer, and goes in again from both', () =>
    fc.assert(
      fc.asyncProperty(treePairs, registryPairs, (files, registry) =>
        withScratch(async (root) => {
          const given = { ...data, files: { AppData: files.base }, registry: registry.base };
          const layer = await stored(root, given);
          const before = imprint(layer.folder);
          const [out, vsa] = [join(root, 'out'), join(root, 'out.vsa')];
          expect(await exportDirectory(layer, out, { withWritable: true, durable: false })).to.deep.equal([]);
          expect(await exportVsa(layer, vsa, { withWritable: true })).to.deep.equal([]);
          expect(imprint(layer.folder)).to.deep.equal(before);
          expect(listing(readTree(out))).to.deep.equal(
            listing(
              new Map(
                [...readTree(join(root, 'source'))].map(([name, node]) =>
                  name === 'layer.json' ? [name, readTree(out).get(name)!] : [name, node],
                ),
              ),
            ),
          );
          for (const opened of [openDirectory(out), await openVsa(vsa)]) {
            const again = await importLayer(join(root, 'again'), opened, { durable: false });
            expect(again.current.record.digest).to.equal(layer.current.record.digest);
            expect(again.identity).to.deep.equal(layer.identity);
            const [mine, first] = [again, layer].map((one) =>
              listing(
                new Map(
                  [...readTree(join(one.current.directory, 'read-only', 'files'))].filter(([name]) =>
                    name.includes('/'),
                  ),
                ),
              ),
            );
            expect(mine).to.deep.equal(first);
            expect(listing(readTree(join(again.folder, 'writable')))).to.deep.equal(
              listing(readTree(join(layer.folder, 'writable'))),
            );
          }
        }),
      ),
      runs(12),
    ));

  it('comes out without what users wrote, unless that is asked for, and twice as the same bytes', () =>
    withScratch(async (root) => {
      const layer = await stored(root, data);
      await exportDirectory(layer, join(root, 'out'));
      expect(
        [...readTree(join(root, 'out')).keys()].filter((name) => name.startsWith('writable')),
      ).to.deep.equal([]);
      const files = ['one.vsa', 'two.vsa'].map((name) => join(root, name));
      for (const path of files) await exportVsa(layer, path);
      expect(readFileSync(files[0]!).equals(readFileSync(files[1]!))).to.equal(true);
    }));

  it('comes out with a word on what is not as it was brought in', () =>
    withScratch(async (root) => {
      const layer = await stored(root, data);
      writeFileSync(join(layer.current.directory, 'read-only', 'files', 'AppData', 'a'), 'mine');
      const wanted = [{ name: 'AppData/a', what: 'changed' }];
      expect(await exportDirectory(layer, join(root, 'out'))).to.deep.equal(wanted);
      expect(await exportVsa(layer, join(root, 'out.vsa'))).to.deep.equal(wanted);
    }));

  it('does not overwrite a folder, and takes no folder for a store that is none', () =>
    withScratch(async (root) => {
      const layer = await stored(root, data);
      mkdirSync(join(root, 'out'));
      writeFileSync(join(root, 'out', 'mine'), 'mine');
      await refusal(() => exportDirectory(layer, join(root, 'out')), 'E_CONFLICT');
      const before = listing(readTree(join(root, 'out')));
      await refusal(() => importLayer(join(root, 'out'), openDirectory(join(root, 'source'))), 'E_INPUT');
      expect(listing(readTree(join(root, 'out')))).to.deep.equal(before);
      writeFileSync(join(root, 'store', 'store.json'), '{"format":9}');
      await refusal(() => importLayer(join(root, 'store'), openDirectory(join(root, 'source'))), 'E_VERSION');
    }));

  it('is refused, without a trace, where a patch could not carry it', () =>
    withScratch(async (root) => {
      await stored(root, data);
      const before = listing(readTree(join(root, 'store')));
      writeTree(join(root, 'bad'), treeOf({ fine: 'x', 'con.txt': 'a device on Windows' }));
      const identity = { id: 'bad', name: '', version: '' };
      await refusal(
        () => importLayer(join(root, 'store'), openDirectory(join(root, 'bad')), { identity }),
        'E_NAME',
      );
      writeTree(join(root, 'out-of'), treeOf({ fine: 'x' }));
      symlinkSync('/etc', join(root, 'out-of', 'leads-out'));
      await refusal(
        () => importLayer(join(root, 'store'), openDirectory(join(root, 'out-of')), { identity }),
        'E_NAME',
      );
      await refusal(() => importLayer(join(root, 'store'), openDirectory(join(root, 'out-of'))), 'E_USAGE');
      expect(listing(readTree(join(root, 'store')))).to.deep.equal(before);
    }));

  it('has another name, id and version where they are given, and the registry files of a plain directory', () =>
    withScratch(async (root) => {
      writeTree(join(root, 'app'), treeOf({ x: 'x' }));
      chmodSync(join(root, 'app'), 0o750);
      const registry = join(root, 'app.reg');
      writeFileSync(registry, 'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\A]\r\n"v"="1"\r\n');
      const identity = { id: 'com.acme', name: 'Acme', version: '3' };
      const layer = await importLayer(join(root, 'store'), openDirectory(join(root, 'app'), [registry]), {
        identity,
      });
      expect(readStored(join(root, 'store'), 1).identity).to.deep.equal(identity);
      const tree = readTree(layer.current.directory);
      expect(tree.get('read-only/files/AppRoot')).to.deep.include({ mode: 0o750 });
      expect([...tree.keys()]).to.include.members([
        'read-only/registry/machine.reg',
        'read-only/files/AppRoot/x',
      ]);
      expect(layer.current.record.entries).to.equal(2);
    }));
});
