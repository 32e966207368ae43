/** Every target on a disk keeps the contract of the port. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectory } from '../../src/layer/directory-layer.ts';
import { copyTarget } from '../../src/store/copy-target.ts';
import { inPlaceTarget } from '../../src/store/in-place-target.ts';
import { importLayer } from '../../src/store/layers/import-layer.ts';
import { storeTarget } from '../../src/store/layers/store-target.ts';
import { readCatalogue } from '../../src/store/layers/stored-layer.ts';
import { type TargetSubject, targetContract } from '../contract/target.ts';
import { treeOf, writeTree } from '../fixtures/tree.ts';

const textAt = (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null);

function appIn(root: string): ReturnType<typeof openDirectory> {
  writeTree(join(root, 'app'), treeOf({ a: 'one', b: 'b' }));
  return openDirectory(join(root, 'app'));
}

targetContract('a folder in place', async (root) => {
  return { target: inPlaceTarget(appIn(root)), seen: (name) => textAt(join(root, 'app', name)) };
});

targetContract('a new folder', async (root) => {
  return {
    target: copyTarget(appIn(root), join(root, 'out')),
    seen: (name) => textAt(join(root, 'out', name)),
  };
});

for (const mode of ['in-place', 'new'] as const) {
  targetContract(`a layer of a store, ${mode}`, async (root): Promise<TargetSubject> => {
    const store = join(root, 'store');
    const identity = { id: 'notes', name: 'Notes', version: '1' };
    const stored = await importLayer(store, appIn(root), { identity });
    const target = storeTarget(store, stored, openDirectory(stored.current.directory), { mode });
    const seen = (name: string): string | null => {
      const last = readCatalogue(store).layers.at(-1);
      return textAt(join(last?.current.directory ?? '', 'read-only', 'files', 'AppRoot', name));
    };
    return { target, seen };
  });
}
