import { expect } from 'chai';
import { type Bytes, bytesOf } from '../../src/bytes.ts';
import { xdelta3 } from '../../src/delta/xdelta3.ts';
import { decode as wasmDecode } from '../../src/delta/xdelta3/wasm.ts';
import { encodeWindow } from '../../src/delta/xdelta3/encode-window.ts';
import { plainHeader } from '../../src/delta/vcdiff/header.ts';
import { type Executor } from '../../src/exec/executor.ts';
import { inline } from '../../src/exec/inline.ts';
import { threads } from '../../src/exec/threads.ts';
import { collect, context, deltaCodecContract, noise, shuffled } from '../contract/delta-codec.ts';
import { nativeDecode, needXdelta3 } from './native-xdelta3.ts';

deltaCodecContract('xdelta3()', xdelta3);

const MiB = 1 << 20;
const codec = xdelta3();

const encode = async (reference: Uint8Array, target: Uint8Array): Promise<Buffer> =>
  collect(codec.encode(bytesOf(reference), bytesOf(target), context()));

async function decode(reference: Uint8Array, delta: Uint8Array, size: number): Promise<Buffer> {
  return collect(codec.decode(bytesOf(reference), bytesOf(delta), size, context()));
}

/** Changes, puts in and takes out a few bytes every `distance` bytes or so. */
function edit(data: Uint8Array, distance: number, seed = 1): Uint8Array {
  const random = noise(data.length, seed);
  const parts: Uint8Array[] = [];
  for (let at = 0, i = 0; at < data.length; i += 1) {
    const end = at + distance + (random[i] ?? 0);
    parts.push(data.subarray(at, end), random.subarray(i, i + ((random[i + 1] ?? 0) % 9)));
    at = end + ((random[i + 2] ?? 0) % 9);
  }
  return Buffer.concat(parts);
}

const withFront = (data: Uint8Array): Buffer => Buffer.concat([Buffer.from('new'), data]);

describe('xdelta3() encode', () => {
  it('finds everything again behind an insertion at the front', async () => {
    const reference = noise(8 * MiB);
    const delta = await encode(reference, withFront(reference));
    expect(delta.length).to.be.below(2000);
  });

  it('finds blocks that moved', async () => {
    const reference = noise(8 * MiB);
    const target = shuffled(reference, 256 * 1024 + 77);
    const delta = await encode(reference, target);
    expect(delta.length).to.be.below(target.length / 300);
    expect((await decode(reference, delta, target.length)).equals(target)).to.equal(true);
  });

  it('finds small blocks that moved far', async () => {
    const reference = noise(4 * MiB);
    const target = shuffled(reference, 96 * 1024);
    expect((await encode(reference, target)).length).to.be.below(target.length / 30);
  });

  it('writes little for equal files, and does not search in them', async () => {
    const data = noise(20 * MiB);
    const delta = await encode(data, Buffer.from(data));
    expect(delta.length).to.be.below(100);
  });

  it('prefers the near one of equal parts', async () => {
    const part = noise(MiB / 2, 3);
    const reference = Buffer.concat([part, noise(2 * MiB, 4), part, noise(2 * MiB, 5)]);
    const target = edit(reference, 40_000);
    expect((await encode(reference, target)).length).to.be.below(reference.length / 200);
  });

  it('is never much larger than the target', async () => {
    const target = noise(1.5 * MiB, 8);
    expect((await encode(noise(1.5 * MiB, 9), target)).length).to.be.below(target.length + 400);
  });

  it('gives the same bytes on every executor', async () => {
    const reference = noise(3 * MiB);
    const target = edit(shuffled(reference, 500_000), 5000);
    const results: Buffer[] = [];
    const executors: Executor[] = [inline(), threads({ concurrency: 1 }), threads({ concurrency: 3 })];
    for (const executor of executors) {
      const delta = await collect(
        codec.encode(bytesOf(reference), bytesOf(target), { ...context(), executor }),
      );
      results.push(delta);
      await executor.close();
    }
    expect(results.map((delta) => delta.equals(results[0] ?? Buffer.alloc(0)))).to.deep.equal([
      true,
      true,
      true,
    ]);
    expect((await decode(reference, results[0] ?? Buffer.alloc(0), target.length)).equals(target)).to.equal(
      true,
    );
  });

  it('does not take the buffers of its caller away', async () => {
    const data = noise(3 * MiB);
    const reference = Buffer.from(data);
    const target = Buffer.from(edit(data, 10_000));
    const executor = threads({ concurrency: 1 });
    await collect(codec.encode(bytesOf(reference), bytesOf(target), { ...context(), executor }));
    await executor.close();
    expect(reference.equals(data)).to.equal(true);
    expect(target.length).to.be.above(0);
  });

  it('rejects as the inputs reject', async () => {
    const broken: Bytes = { size: 4 * MiB, read: () => Promise.reject(new Error('the disk is gone')) };
    const fine = bytesOf(noise(4 * MiB));
    for (const [reference, target] of [
      [broken, fine],
      [fine, broken],
    ] as const) {
      const error: unknown = await collect(codec.encode(reference, target, context())).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).to.include({ message: 'the disk is gone' });
    }
  });
});

describe('xdelta3() windows', () => {
  it('are decoded by xdelta3-wasm too', async () => {
    const segment = noise(200_000);
    const target = edit(segment, 1000);
    const window = await encodeWindow({ target, segment, position: 0 });
    const result = await wasmDecode(
      segment,
      Buffer.concat([Uint8Array.from(plainHeader), window]),
      target.length,
    );
    expect(Buffer.compare(result ?? Buffer.alloc(0), target)).to.equal(0);
  });

  it('do not depend on what an instance went through before', async () => {
    const job = { target: edit(noise(200_000), 1000), segment: noise(200_000), position: 5 };
    const before = await encodeWindow(job);
    await encodeWindow({ target: noise(8 * MiB), segment: noise(8 * MiB), position: 0 }); // kills the instance
    await encodeWindow({ target: noise(1_500_000), segment: noise(1_500_000), position: 0 }); // out of memory
    expect(Buffer.compare(await encodeWindow(job), before)).to.equal(0);
  });
});

describe('xdelta3() and native xdelta3', () => {
  before(needXdelta3);

  const large = noise(17 * MiB);
  const pairs: Record<string, readonly [Uint8Array, Uint8Array]> = {
    'random edits': [noise(3 * MiB), edit(noise(3 * MiB), 3000)],
    'an insertion at the front': [noise(2 * MiB), withFront(noise(2 * MiB))],
    'an empty target': [noise(1000), new Uint8Array(0)],
    'an empty reference': [new Uint8Array(0), noise(300_000)],
    'an empty reference and text': [new Uint8Array(0), Buffer.alloc(300_000, 'so it goes on and on; ')],
    'nothing at all': [new Uint8Array(0), new Uint8Array(0)],
    'equal files': [noise(700_000), noise(700_000)],
    'more than 16 MiB': [large, Buffer.concat([large.subarray(9 * MiB), Buffer.from('new'), large])],
    'shuffled blocks': [noise(3 * MiB), shuffled(noise(3 * MiB), 100_000)],
    zeros: [new Uint8Array(2 * MiB), new Uint8Array(3 * MiB)],
  };
  for (const [title, [reference, target]] of Object.entries(pairs)) {
    it(`agree: ${title}`, async () => {
      const delta = await encode(reference, target);
      expect(Buffer.compare(nativeDecode(reference, delta), target)).to.equal(0);
      expect(Buffer.compare(await decode(reference, delta, target.length), target)).to.equal(0);
    });
  }
});
