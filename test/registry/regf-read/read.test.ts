/** Each kind of record, read whole and by random access. */
import { expect } from 'chai';
import { type Bytes, bytesOf } from '../../../src/bytes.ts';
import { openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { HiveBuilder, withChecksum } from './build-hive.ts';
import { bigData, descriptor, sampleHive } from './sample-hive.ts';
import { dumpLazily, dumpModel } from './test-hives.ts';

describe('regf hives, reading', () => {
  it('reads lf, lh, li and ri, both kinds of names, class, link, security and times', async () => {
    const key = await (await openHive(bytesOf(sampleHive().build()))).toKey();
    expect(key.name).to.equal('');
    expect(key.lastWrite).to.equal(130_000_000_000_000_000n);
    expect([...key.keys].map(([folded, { name }]) => [folded, name])).to.deep.equal([
      ['A', 'A'],
      ['B', 'B'],
      ['Ü', 'Ü'],
      ['Ж', 'Ж'],
    ]);
    const a = key.keys.get('A')!;
    expect(a.attributes).to.deep.equal({
      className: 'Klaße',
      security: new Uint8Array(descriptor),
      link: true,
    });
    expect(a.lastWrite).to.equal(5n);
    expect(a.keys.get('DEEP')).to.deep.equal({
      name: 'deep',
      kind: 'key',
      values: new Map(),
      keys: new Map(),
    });
  });

  it('reads every type number, inline data, data in a cell, big data and empty values', async () => {
    const { values } = (await (await openHive(bytesOf(sampleHive().build()))).toKey()).keys.get('B')!;
    expect(values.get('TEXT')).to.deep.equal({
      name: 'text',
      type: 1,
      data: new Uint8Array(Buffer.from('hello\0', 'utf16le')),
    });
    expect(values.get('DWORD')).to.deep.equal({
      name: 'dword',
      type: 0x400004,
      data: new Uint8Array([1, 2, 3, 4]),
    });
    const big = values.get('GRÖßE')!;
    expect(big.type).to.equal(0xffff1234);
    expect(Buffer.compare(big.data, bigData)).to.equal(0);
    expect(values.get('')).to.deep.equal({ name: '', type: 7, data: new Uint8Array(0) });
  });

  for (const minor of [3, 4, 5, 6])
    it(`reads version 1.${minor}`, async () => {
      const builder = new HiveBuilder();
      const root = builder.key({ name: 'r' });
      builder.values(root, [builder.value('v', 3, Buffer.alloc(minor === 3 ? 16_344 : 16_345, 7))]);
      const key = await (await openHive(bytesOf(builder.build(root, { minor })))).toKey();
      expect(key.values.get('V')!.data.length).to.equal(minor === 3 ? 16_344 : 16_345);
    });

  it('reads the same by random access', async () => {
    const hive = await openHive(bytesOf(sampleHive().build()));
    expect(await dumpLazily(hive.root, '')).to.deep.equal(dumpModel(await hive.toKey()));
    expect((await hive.key('a\\DEEP'))?.name).to.equal('deep');
    expect((await hive.key(['ж']))?.name).to.equal('Ж');
    expect(await hive.key('A\\no\\deep')).to.equal(null);
    expect(await hive.key('')).to.equal(hive.root);
    expect((await (await hive.key('b'))?.value('DWORD'))?.type).to.equal(0x400004);
    expect(await (await hive.key('b'))?.value('none')).to.equal(null);
    expect((await hive.key('A'))?.attributes?.className).to.equal('Klaße');
  });

  it('reads one key of a large hive without reading the rest', async () => {
    const size = 96 * 2 ** 20;
    const small = sampleHive().build();
    const whole = Buffer.from(small);
    // The same hive, followed by a bin of one free cell.
    whole.writeUInt32LE(size, 40);
    withChecksum(whole);
    const end = small.length - 4096;
    const header = Buffer.alloc(64);
    header.write('hbin', 0, 'latin1');
    header.writeUInt32LE(end, 4);
    header.writeUInt32LE(size - end, 8);
    header.writeInt32LE(size - end - 32, 32);
    let read = 0;
    const bytes: Bytes = {
      size: size + 4096,
      read: async (offset, length) => {
        read += length;
        const result = Buffer.alloc(length);
        if (offset < whole.length) whole.copy(result, 0, offset, Math.min(whole.length, offset + length));
        const at = whole.length - offset;
        if (at < length && at + header.length > 0) header.copy(result, Math.max(0, at), Math.max(0, -at));
        return result;
      },
    };
    const hive = await openHive(bytes);
    expect((await hive.key('A\\deep'))?.name).to.equal('deep');
    expect(read).to.be.below(256 * 1024);
  });

  it('gives tombstones and superseding keys of a layer their meaning', async () => {
    const builder = new HiveBuilder();
    const root = builder.key({ name: 'r' });
    const gone = builder.key({ name: 'gone', parent: root, layer: 1 });
    const local = builder.key({ name: 'local', parent: root, layer: 2 });
    const tree = builder.key({ name: 'tree', parent: root, layer: 0x83 });
    const inner = builder.key({ name: 'inner', parent: tree, layer: 3 });
    const left = builder.key({ name: 'left', parent: tree, layer: 1 });
    builder.subkeys(tree, builder.list('lh', [inner, left]), 2);
    builder.subkeys(root, builder.list('lh', [gone, local, tree]), 3);
    builder.values(root, [builder.value('v', 0, Buffer.alloc(0), 2)]);
    const layered = await (await openHive(bytesOf(builder.build(root, { minor: 6, flags: 2 })))).toKey();
    const kinds = [...layered.keys.values()].map(({ name, kind }) => `${name} ${kind}`);
    expect(kinds).to.deep.equal(['gone delete-entry', 'local opaque', 'tree opaque']);
    const below = [...layered.keys.get('TREE')!.keys.values()].map(({ name, kind }) => `${name} ${kind}`);
    expect(below).to.deep.equal(['inner key', 'left delete-entry']);
    expect(layered.values.get('V')).to.deep.equal({
      name: 'v',
      type: 'delete-entry',
      data: new Uint8Array(0),
    });
    // The same bits mean nothing in a hive that is no layer.
    const plain = await (await openHive(bytesOf(builder.build(root)))).toKey();
    expect([...plain.keys.values()].map(({ kind }) => kind)).to.deep.equal(['key', 'key', 'key']);
    expect(plain.values.get('V')!.type).to.equal(0);
  });
});
