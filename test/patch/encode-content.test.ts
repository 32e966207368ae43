/** A delta that is decoded while it is made. */
import { expect } from 'chai';
import { type Bytes, bytesOf, digestOf } from '../../src/bytes.ts';
import type { CodecContext, DeltaCodec } from '../../src/delta/codec.ts';
import { isPatchError } from '../../src/errors.ts';
import { inline } from '../../src/exec/inline.ts';
import { encodeContent } from '../../src/patch/encode-content.ts';

const target = Buffer.alloc(3000, 'content ');
const reference = bytesOf(target);
const wanted = { bytes: bytesOf(target), parts: [{ size: target.length, digest: digestOf(target) }] };
const context: CodecContext = {
  signal: new AbortController().signal,
  executor: inline(),
  memoryLimit: 1 << 20,
};

/** Its delta are these pieces; it makes of them what the reference has, or something else. */
function codec(pieces: () => AsyncIterable<Uint8Array>, lies = false): DeltaCodec {
  return {
    id: 'test/1',
    follows: true,
    encode: pieces,
    async *decode(old: Bytes, delta: Bytes, size: number) {
      await delta.until?.(2);
      expect(delta.size).to.be.at.least(2);
      yield await old.read(0, size - 1);
      await delta.until?.(Infinity);
      yield Uint8Array.of((target.at(-1) ?? 0) + Number(lies));
    },
  };
}

async function* small(): AsyncGenerator<Uint8Array> {
  for (const byte of [1, 2, 3]) yield await Promise.resolve(Uint8Array.of(byte));
}

describe('a delta that is decoded while it is made', () => {
  it('is given when it leads to the target', async () => {
    let heard = 0;
    const onDecoded = (bytes: number): void => void (heard += bytes);
    const made = await encodeContent(reference, wanted, [codec(small)], context, { onDecoded });
    expect([...((await made?.delta.read(0, 3)) ?? [])]).to.deep.equal([1, 2, 3]);
    expect(heard).to.equal(target.length);
    made?.delta.close();
  });

  it('is an error when it leads elsewhere', async () => {
    const error: unknown = await encodeContent(reference, wanted, [codec(small, true)], context).catch(
      (e: unknown) => e,
    );
    expect(isPatchError(error) && error.code).to.equal('E_CODEC');
  });

  it('is none when it is not smaller, and nobody waits for the rest of it', async () => {
    async function* large(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Uint8Array.of(1));
      yield new Uint8Array(target.length);
    }
    expect(await encodeContent(reference, wanted, [codec(large)], context)).to.equal(null);
  });

  it('fails with what its maker fails with', async () => {
    const reason = new Error('no more');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Uint8Array.of(1));
      throw reason;
    }
    const error: unknown = await encodeContent(reference, wanted, [codec(broken)], context).catch(
      (e: unknown) => e,
    );
    expect(error).to.equal(reason);
  });
});
