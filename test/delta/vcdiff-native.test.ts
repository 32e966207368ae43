/** Deltas of native xdelta3, with all the ways in which it may write them. */
import { expect } from 'chai';
import { bytesOf } from '../../src/bytes.ts';
import { type DeltaCodec } from '../../src/delta/codec.ts';
import { isPatchError } from '../../src/errors.ts';
import { xdelta3 } from '../../src/delta/xdelta3.ts';
import { readHeader } from '../../src/delta/vcdiff/header.ts';
import { readWindowHeader } from '../../src/delta/vcdiff/window-header.ts';
import { collect, context, decodeHostile, noise, shuffled } from '../contract/delta-codec.ts';
import { nativeEncode, needXdelta3 } from './native-xdelta3.ts';

const codec: DeltaCodec = xdelta3();
const KiB = 1024;

/** Text that LZMA can compress, of words in an order that depends on the seed. */
function text(length: number, seed: number): Buffer {
  const words = [
    'layer',
    'registry',
    'sublayer',
    'value',
    'redirect',
    'delete',
    'entry',
    'hive',
    'variable',
    'store',
  ];
  const order = noise(length, seed);
  const parts: string[] = [];
  for (let i = 0, size = 0; size < length; i += 1) {
    const word = `${words[(order[i] ?? 0) % words.length] ?? ''}${(order[i] ?? 0) % 37 === 0 ? '\n' : ' '}`;
    parts.push(word);
    size += word.length;
  }
  return Buffer.from(parts.join('')).subarray(0, length);
}

/** The old text with new text after each `distance` bytes, and some of it gone. */
function revised(old: Buffer, distance: number): Buffer {
  const fresh = text(old.length, 99);
  const parts: Buffer[] = [];
  for (let at = 0; at < old.length; at += distance) {
    parts.push(old.subarray(at, at + distance - 7), fresh.subarray(at, at + distance / 3));
  }
  return Buffer.concat(parts);
}

const old = text(600 * KiB, 1);
const pairs: Record<string, readonly [Uint8Array, Uint8Array]> = {
  'revised text': [old, revised(old, 700)],
  'new text': [new Uint8Array(0), text(500 * KiB, 2)],
  noise: [noise(400 * KiB), shuffled(noise(400 * KiB), 5000)],
  'equal files': [noise(100 * KiB), noise(100 * KiB)],
  nothing: [noise(10), new Uint8Array(0)],
};

const options: readonly (readonly string[])[] = [
  [],
  ['-9'],
  ['-1'],
  ['-0'],
  ['-S', 'none'],
  ['-S', 'lzma', '-9'],
  ['-n'],
  ['-A'],
  ['-n', '-A', '-S', 'none'],
  ['-W', '16384'],
  ['-W', '16384', '-S', 'none'],
  ['-W', '32768', '-B', '524288', '-9'],
];

describe('decoding what native xdelta3 writes', () => {
  before(needXdelta3);

  async function assertDecodes(
    reference: Uint8Array,
    target: Uint8Array,
    flags: readonly string[],
  ): Promise<void> {
    const delta = nativeEncode(reference, target, flags);
    const result = await collect(codec.decode(bytesOf(reference), bytesOf(delta), target.length, context()));
    expect(Buffer.compare(result, target)).to.equal(0);
  }

  for (const flags of options) {
    it(`decodes xdelta3 -e ${flags.join(' ')}`, async () => {
      for (const [reference, target] of Object.values(pairs)) await assertDecodes(reference, target, flags);
    });
  }

  it('decodes many windows and a far source', async () => {
    const reference = noise(3 << 20);
    const target = Buffer.concat([
      reference.subarray(5 << 19),
      revised(old, 3000),
      shuffled(reference, 700 * KiB),
    ]);
    await assertDecodes(reference, target, []);
    await assertDecodes(reference, target, ['-W', '65536', '-B', '1048576']);
  });

  it('has LZMA in all sections of several windows of the test data', async () => {
    // guards the other tests against data that is too small to be compressed
    const delta = bytesOf(nativeEncode(old, revised(old, 700), ['-W', '16384']));
    const { length } = await readHeader(delta);
    const seen: number[] = [];
    for (let position = length; position < delta.size;) {
      const window = await readWindowHeader(delta, position);
      seen.push(window.compressed);
      position = window.end;
    }
    expect(seen.filter((compressed) => compressed === 7).length).to.be.above(5);
  });

  for (const [compressor, id] of [
    ['djw', 'DJW'],
    ['fgk', 'FGK'],
  ] as const) {
    it(`refuses ${id} and says so`, async () => {
      const delta = nativeEncode(old, revised(old, 700), ['-S', compressor]);
      const error: unknown = await collect(codec.decode(bytesOf(old), bytesOf(delta), 1, context())).catch(
        (thrown: unknown) => thrown,
      );
      if (!isPatchError(error)) throw error;
      expect(error.code).to.equal('E_FORMAT');
      expect(error.message).to.contain(`the secondary compressor ${id} is not supported`);
    });
  }

  it('notices a wrong reference by the checksum', async () => {
    const delta = nativeEncode(old, revised(old, 700));
    const other = Buffer.from(old);
    other[1000] = 0;
    expect(await decodeHostile(codec, other, delta, revised(old, 700).length)).to.equal(null);
  });

  it('refuses damaged LZMA, or gives what its checksum allows', async () => {
    const target = revised(old.subarray(0, 60 * KiB), 700);
    for (const flags of [['-W', '16384'], ['-n']]) {
      const delta = nativeEncode(old, target, flags);
      const random = noise(2000, 77);
      for (let i = 0; i < 300; i += 1) {
        const broken = Buffer.from(delta);
        const at =
          ((random[i] ?? 0) * 256 + (random[i + 1] ?? 0)) %
          Math.min(delta.length, i % 2 === 0 ? 200 : Infinity);
        broken[at] = random[i + 2] ?? 0;
        const result = await decodeHostile(codec, old, broken, target.length);
        if (result !== null && flags[0] !== '-n') expect(Buffer.compare(result, target)).to.equal(0);
      }
    }
  });

  it('refuses an LZMA dictionary above the limit', async () => {
    const target = text(3 << 20, 5);
    const delta = nativeEncode(new Uint8Array(0), target, ['-W', '1048576']);
    const decode = (memoryLimit: number): Promise<Buffer> =>
      collect(
        codec.decode(bytesOf(new Uint8Array(0)), bytesOf(delta), target.length, {
          ...context(),
          memoryLimit,
        }),
      );
    expect((await decode(16 << 20)).length).to.equal(target.length);
    const error: unknown = await decode(1 << 20).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'E_LIMIT' });
  });
});
