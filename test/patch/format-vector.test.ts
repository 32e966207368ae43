/**
 * FORMAT §10: an archive of format 1, byte for byte. It must be written the same, and be read, for ever. The archive in
 * test/fixtures/v1 is made by running this test with UPDATE_VECTORS=1; look at every difference before you keep it.
 */
import { readFileSync, writeFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestOf } from '../../src/bytes.ts';
import { ed25519Signer, ed25519Verifier } from '../../src/sign/ed25519.ts';
import { applyPatch, makePatch } from '../fixtures/patching.ts';
import { file, link, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const folder = join(import.meta.dirname, '..', 'fixtures', 'v1');
const archive = join(folder, 'notes-1.0.0-1.1.0.vpa');
const key = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** Text that repeats little. */
function page(title: string, seed: number): string {
  const lines = Array.from(
    { length: 20 },
    (_, at) => `${title}, line ${at}: ${(at * 7919 * seed) % 10_007}\n`,
  );
  return lines.join('');
}

const base = treeOf({
  'bin/notes.exe': file('MZ notes 1.0.0 '.repeat(64), 0o755),
  'doc/old name.txt': 'moves as it is',
  'doc/guide.txt': page('guide', 1),
  'doc/help.txt': page('help', 2),
  'gone.txt': 'x',
  'lib/shared.dll': 'stays',
  current: link('bin'),
});
const target = treeOf({
  'bin/notes.exe': file(`MZ notes 1.1.0 ${'MZ notes 1.0.0 '.repeat(63)}`, 0o755),
  'doc/guide.txt': `${page('guide', 1)}one line more\n`,
  'doc/help.txt': page('help', 3),
  'doc/new name.txt': 'moves as it is',
  'lib/shared.dll': 'stays',
  'lib/copy.dll': 'stays',
  empty: null,
  current: link('lib'),
});

describe('FORMAT §10: test vector', () => {
  it('is written the same', async () => {
    await withScratch(async (scratch) => {
      writeTree(join(scratch, 'base'), base);
      writeTree(join(scratch, 'target'), target);
      const patch = await makePatch({
        base: join(scratch, 'base'),
        target: join(scratch, 'target'),
        ...{ id: 'com.acme.notes', name: 'Acme Notes', from: '1.0.0', to: '1.1.0', sequence: 2 },
        signers: [ed25519Signer(key('signer.pem'))],
      });
      if (process.env['UPDATE_VECTORS'] === '1') writeFileSync(archive, patch);
      expect(digestOf(patch)).to.equal(digestOf(readFileSync(archive)));
    });
  });

  it('is the one that FORMAT.md names', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '..', 'FORMAT.md'), 'utf8');
    const data = readFileSync(archive);
    expect(text).to.contain(digestOf(data).slice('sha256:'.length));
    expect(text).to.contain(`${data.length.toLocaleString('en')} bytes`);
  });

  it('is read', async () => {
    await withScratch(async (scratch) => {
      const to = join(scratch, 'app');
      writeTree(to, base);
      const trust = { keys: [ed25519Verifier(key('signer.pub.pem'))], threshold: 1 };
      await applyPatch(readFileSync(archive), { to, trust });
      rmSync(join(to, '.vpa'), { recursive: true }); // the patch has a sequence, which is remembered there
      expect(readTree(to)).to.deep.equal(target);
    });
  });
});
