import { expect } from 'chai';
import { join } from 'node:path';
import { parseReg } from '../../src/registry/text/parse-reg.ts';
import { differentHives, readLayer, writeLayer } from '../fixtures/layers.ts';
import { applyPatch, makePatch } from '../fixtures/patching.ts';
import { file, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';

const registry = (path: string): ReturnType<typeof parseReg> =>
  parseReg(
    Buffer.from(
      `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Acme]\r\n"dir"="${path.replaceAll('\\', '\\\\')}"\r\n`,
    ),
  );

describe('normalize', () => {
  const layer = { files: {}, deleteEntries: [] };

  it('a hive that both sides wrote the same, but that means something else: the patch says so', () =>
    withScratch(async (root) => {
      const [old, now] = [join(root, 'old'), join(root, 'now')];
      const hive = registry('C:\\Acme\\bin');
      writeLayer(old, { ...layer, version: '1', registry: hive, variables: { Home: 'C:\\Acme' } });
      writeLayer(now, { ...layer, version: '2', registry: hive, variables: { Home: 'D:\\Elsewhere' } });
      const patch = await makePatch({ base: old, target: now });
      await applyPatch(patch, { to: old });
      // In the target it is no place of the layer, but this very text.
      expect(differentHives(readLayer(old).registry, hive)).to.deep.equal([]);
      const elsewhere = join(root, 'elsewhere');
      writeLayer(elsewhere, {
        ...layer,
        version: '1',
        registry: registry('E:\\X\\bin'),
        variables: { Home: 'E:\\X' },
      });
      await applyPatch(patch, { to: elsewhere });
      expect(differentHives(readLayer(elsewhere).registry, hive)).to.deep.equal([]);
    }));

  it('the same place under two paths is no change', () =>
    withScratch(async (root) => {
      const [old, now] = [join(root, 'old'), join(root, 'now')];
      writeLayer(old, {
        ...layer,
        version: '1',
        registry: registry('C:\\Acme\\bin'),
        variables: { Home: 'C:\\Acme' },
      });
      writeLayer(now, {
        ...layer,
        version: '1',
        registry: registry('D:\\A\\bin'),
        variables: { Home: 'D:\\A' },
      });
      const notices: string[] = [];
      await makePatch({ base: old, target: now }, { onNotice: ({ code }) => void notices.push(code) });
      expect(notices).to.include('unchanged');
    }));
});

describe('modes that a patch does not know', () => {
  it('stay as they are on the machine', () =>
    withScratch(async (root) => {
      const plain = (text: string): ReturnType<typeof memoryLayer> => {
        const known = memoryLayer(treeOf({ run: text, same: 'x' }));
        const { readOnly } = known;
        return {
          ...known,
          readOnly: {
            ...readOnly,
            entries: async function* () {
              for await (const entry of readOnly.entries()) {
                const { meta } = entry;
                if (meta.type !== 'file') yield entry;
                else yield { ...entry, meta: { type: 'file', size: meta.size, digest: meta.digest } };
              }
            },
          },
        };
      };
      const patch = await makePatch({ base: plain('old'), target: plain('new') });
      for (const inPlace of [true, false]) {
        const [to, out] = [join(root, `app${inPlace ? 1 : 2}`), join(root, 'out')];
        writeTree(to, treeOf({ run: file('old', 0o755), same: 'x' }));
        await applyPatch(patch, inPlace ? { to } : { to, out });
        expect(listing(readTree(inPlace ? to : out))).to.deep.equal(
          listing(treeOf({ run: file('new', 0o755), same: 'x' })),
        );
      }
    }));
});
