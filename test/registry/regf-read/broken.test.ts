/** Each way to be broken has its own message with the offset; lenient reading goes on and says what was lost. */
import { expect } from 'chai';
import { bytesOf } from '../../../src/bytes.ts';
import { isPatchError, type PatchError } from '../../../src/errors.ts';
import { registryLimits } from '../../../src/registry/limits.ts';
import { type OpenHiveOptions, openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { none, withChecksum } from './build-hive.ts';
import { type Sample, sampleHive } from './sample-hive.ts';

async function refusal(hive: Buffer, options: OpenHiveOptions = {}): Promise<PatchError> {
  try {
    await (await openHive(bytesOf(hive), options)).toKey();
  } catch (error) {
    if (isPatchError(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

type Break = (sample: Sample) => void;

/** What is done to a record, the record in whose cell the offset of the message lies, and the message. */
const records: readonly (readonly [string, Break, RegExp])[] = [
  ['key signature', ({ builder, at }) => builder.text(at.a, 0, 'nx'), /does not begin with 'nk'/],
  [
    'key name',
    ({ builder, at }) => builder.u16(at.a, 72, 500),
    /name of 500 bytes is longer than its cell allows/,
  ],
  ['no key name', ({ builder, at }) => builder.u16(at.a, 72, 0), /a key has no name/],
  ['odd key name', ({ builder, at }) => builder.u16(at.d, 72, 1), /1 bytes: UTF-16 needs an even number/],
  ['parent', ({ builder, at }) => builder.u32(at.a, 16, at.b), /says that it is below 0x/],
  [
    'subkeys list',
    ({ builder, at }) => builder.text(at.index, 0, 'xx'),
    /begins with none of 'lf', 'lh', 'li', 'ri'/,
  ],
  ['ri in ri', ({ builder, at }) => builder.text(at.lf, 0, 'ri'), /\(ri in ri\)/],
  [
    'list length',
    ({ builder, at }) => builder.u16(at.lf, 2, 900),
    /list of 900 elements is longer than its cell allows/,
  ],
  [
    'subkey count',
    ({ builder, at }) => builder.u32(at.root, 20, 5),
    /says that it has 5 subkeys, and its list has 4/,
  ],
  ['same key twice', ({ builder, at }) => builder.u32(at.li, 4, at.d), /something else uses already/],
  ['cycle', ({ builder, at }) => builder.u32(at.deepList, 4, at.a), /something else uses already/],
  ['same name twice', ({ builder, at }) => builder.text(at.b, 76, 'a'), /two keys have the name "a"/],
  [
    'values list length',
    ({ builder, at }) => builder.u32(at.b, 36, 900),
    /values list of 900 elements is longer/,
  ],
  ['value signature', ({ builder, at }) => builder.text(at.text, 0, 'vx'), /does not begin with 'vk'/],
  [
    'value name',
    ({ builder, at }) => builder.u16(at.text, 2, 500),
    /name of 500 bytes is longer than its cell allows/,
  ],
  ['value twice', ({ builder, at }) => builder.u32(at.values, 4, at.text), /something else uses already/],
  ['value name twice', ({ builder, at }) => builder.u16(at.text, 2, 0), /two values have the name ""/],
  [
    'inline data',
    ({ builder, at }) => builder.u32(at.inline, 4, 0x80000005),
    /5 bytes of data stand where there is room for 4/,
  ],
  [
    'data length',
    ({ builder, at }) => builder.u32(at.text, 4, 500),
    /500 bytes of data, and their cell has 12/,
  ],
  ['no data', ({ builder, at }) => builder.u32(at.text, 8, none), /a value's data is missing/],
  [
    'segments',
    ({ builder, at }) => builder.u32(at.big, 4, 90_000),
    /big data of 3 segments; 90000 bytes need 6/,
  ],
  [
    'outside',
    ({ builder, at }) => builder.u32(at.text, 8, 0x7ffffff8),
    /a value's data lies outside of the hive bins/,
  ],
  [
    'unaligned',
    ({ builder, at }) => builder.u32(at.text, 8, 0x101),
    /a value's data does not begin at a multiple of 8/,
  ],
  [
    'inside',
    ({ builder, at }) => builder.u32(at.text, 8, at.a + 8),
    /a value's data does not begin where a cell begins/,
  ],
  [
    'class name',
    ({ builder, at }) => builder.u16(at.a, 74, 400),
    /a class name needs 400 bytes, its cell has 12/,
  ],
  ['security signature', ({ builder, at }) => builder.text(at.security, 0, 'sx'), /does not begin with 'sk'/],
  [
    'security size',
    ({ builder, at }) => builder.u32(at.security, 16, 400),
    /a security descriptor of 400 bytes is longer/,
  ],
  [
    'security chain',
    ({ builder, at }) => builder.u32(at.security, 4, at.a),
    /a security cell does not begin with 'sk'/,
  ],
];

/** What is done to the file. */
const files: readonly (readonly [string, (hive: Buffer) => Buffer, RegExp])[] = [
  ['empty', () => Buffer.alloc(0), /offset 0x0: 0 bytes are too few/],
  ['signature', (hive) => edit(hive, 0, 0x41414141), /offset 0x0: it does not begin with 'regf'/],
  ['version', (hive) => edit(hive, 24, 2), /offset 0x14: version 1.2 is none of 1.3 to 1.6/],
  ['log', (hive) => edit(hive, 28, 6), /offset 0x1c: this is a transaction log/],
  ['format', (hive) => edit(hive, 32, 2), /offset 0x20: file format 2 is unknown/],
  ['bins size', (hive) => edit(hive, 40, 5000), /offset 0x28: 5000 bytes of hive bins/],
  ['truncated', (hive) => hive.subarray(0, hive.length - 512), /the file is truncated/],
  ['dirty', (hive) => edit(hive, 4, 8), /offset 0x4: it is dirty/],
  ['checksum', (hive) => put(hive, 200, 1), /offset 0x1fc: the checksum/],
  ['root', (hive) => edit(hive, 36, none), /the root key is missing/],
  ['bin signature', (hive) => put(hive, 4096, 0), /offset 0x1000: a hive bin does not begin with 'hbin'/],
  [
    'bin offset',
    (hive) => put(hive, 4100, 4096),
    /offset 0x1004: a hive bin says that it is at offset 0x1000/,
  ],
  ['bin size', (hive) => put(hive, 4104, 100), /offset 0x1008: a hive bin of 100 bytes/],
  ['bin end', (hive) => put(hive, 4104, 2 ** 20), /offset 0x1008: a hive bin of 1048576 bytes ends outside/],
  ['cell size', (hive) => put(hive, 4128, 0), /offset 0x1020: .* cell/],
];

function put(hive: Buffer, at: number, number: number): Buffer {
  hive.writeUInt32LE(number, at);
  return hive;
}

function edit(hive: Buffer, at: number, number: number): Buffer {
  return withChecksum(put(hive, at, number));
}

describe('regf hives, broken', () => {
  for (const [name, change, message] of records) {
    it(`refuses a broken record (${name}), and reads the rest leniently`, async () => {
      const sample = sampleHive();
      change(sample);
      const error = await refusal(sample.build());
      expect(error.code).to.equal('E_FORMAT');
      expect(error.message)
        .to.match(message)
        .and.to.match(/offset 0x[0-9a-f]+: /);
      const hive = await openHive(bytesOf(sample.build()), { lenient: true });
      await hive.toKey();
      expect(hive.losses.join('\n')).to.match(message);
    });
  }

  for (const [name, change, message] of files) {
    it(`refuses a broken file (${name})`, async () => {
      const error = await refusal(change(sampleHive().build()));
      expect(error.code).to.equal('E_FORMAT');
      expect(error.message).to.match(message);
    });
  }

  it('refuses cells that are not allocated', async () => {
    const sample = sampleHive();
    sample.builder.sizeOf(sample.at.text, 32);
    expect((await refusal(sample.build())).message).to.match(/a value is in a cell that is not allocated/);
  });

  it('names the key in which something is wrong', async () => {
    const sample = sampleHive();
    sample.builder.text(sample.at.deep, 0, 'xx');
    expect((await refusal(sample.build())).entry).to.equal("a key below 'A'");
  });

  it('keeps everything else when one bin is broken', async () => {
    const sample = sampleHive();
    sample.builder.sizeOf(sample.builder.cell(Buffer.alloc(4)), -12);
    const hive = await openHive(bytesOf(sample.build()), { lenient: true });
    expect((await hive.toKey()).keys.size).to.equal(4);
    expect(hive.losses).to.have.lengthOf(1);
  });

  it('refuses a tombstone that has something', async () => {
    const sample = sampleHive();
    sample.builder.u32(sample.at.a, 12, 0x100);
    const options = { minor: 6, flags: 2 };
    expect((await refusal(sample.build(options))).message).to.match(/a tombstone has keys or values/);
    const other = sampleHive();
    other.builder.u16(other.at.text, 16, 3);
    expect((await refusal(other.build(options))).message).to.match(/a tombstone of a value has data/);
  });

  for (const [name, number] of [
    ['keys', 4],
    ['values', 3],
    ['depth', 1],
    ['valueData', 39_999],
    ['keyName', 3],
    ['valueName', 4],
    ['size', 4096],
  ] as const) {
    it(`refuses more than the limit of ${name}, lenient or not`, async () => {
      for (const lenient of [false, true]) {
        const error = await refusal(sampleHive().build(), {
          lenient,
          limits: { ...registryLimits, [name]: number },
        });
        expect(error.code).to.equal('E_LIMIT');
      }
    });
  }
});
