import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { digestOf } from '../../src/bytes.ts';
import { contentSize, stateDigest } from '../../src/layer/inventory.ts';
import type { Meta } from '../../src/layer/layer.ts';

const entries: { name: string; meta: Meta }[] = [
  { name: 'AppRoot/a b', meta: { type: 'file', size: 3, digest: digestOf(Buffer.from('abc')), mode: 0o644 } },
  { name: 'AppRoot/d', meta: { type: 'directory', mode: 0o755 } },
  { name: 'AppRoot/d/"l"', meta: { type: 'link', to: '../a b' } },
  { name: 'AppRoot/hides', meta: { type: 'delete-entry' } },
  { name: 'AppRoot/\u{1f600}', meta: { type: 'file', size: 0, digest: digestOf(Buffer.alloc(0)) } },
  { name: 'Registry/machine', meta: { type: 'hive', size: 4, digest: digestOf(Buffer.from('hive')) } },
];

describe('the state digest (FORMAT §3.3)', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

  it('is the SHA-256 over these very lines', () => {
    const hive = createHash('sha256').update('hive').digest('hex');
    const lines = [
      `["AppRoot/a b","file",3,"sha256:${abc}"]`,
      '["AppRoot/d","directory"]',
      '["AppRoot/d/\\"l\\"","link","../a b"]',
      '["AppRoot/hides","delete-entry"]',
      `["AppRoot/\u{1f600}","file",0,"sha256:${nothing}"]`,
      `["Registry/machine","hive",4,"sha256:${hive}"]`,
    ];
    const text = lines.map((line) => `${line}\n`).join('');
    expect(stateDigest(entries)).to.equal(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  });

  it('of this state is this, for ever', () => {
    expect(stateDigest(entries)).to.equal(
      'sha256:e6f4d4810d365f2ed237bd7ede799dceafbefaf1609b984a534054990c02bec7',
    );
  });

  it('of nothing is that of no bytes', () => expect(stateDigest([])).to.equal(`sha256:${nothing}`));

  it('does not depend on modes, nor on how lines fall into batches', () => {
    const other = entries.map(({ name, meta }) => ({
      name,
      meta: 'mode' in meta ? { ...meta, mode: 0 } : meta,
    }));
    expect(stateDigest(other)).to.equal(stateDigest(entries));
    const many = Array.from({ length: 3000 }, (_, n) => ({ name: `AppRoot/${n}`, meta: entries[0]!.meta }));
    const text = many.map(({ name }) => `${JSON.stringify([name, 'file', 3, `sha256:${abc}`])}\n`).join('');
    expect(stateDigest(many)).to.equal(`sha256:${createHash('sha256').update(text).digest('hex')}`);
  });

  it('goes with a size that counts files and hives', () => expect(contentSize(entries)).to.equal(7));
});
