import { randomBytes } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { brotli } from '../../src/compress/brotli.ts';
import { isPatchError } from '../../src/errors.ts';
import { compressorContract } from '../contract/compressor.ts';

compressorContract('brotli', brotli);
compressorContract('brotli of quality 1', () => brotli({ quality: 1 }));

const frame = 4 << 20;

describe('brotli', () => {
  it('finds repetitions over a whole frame', async () => {
    const half = randomBytes(frame / 2);
    const small = await brotli({ quality: 5 }).compress(Buffer.concat([half, half]));
    expect(small.length).to.be.below(half.length * 1.01);
  });

  it('writes what RFC 7932 decoders read, with no large window', async () => {
    const data = Buffer.concat([randomBytes(1000), Buffer.alloc(frame - 1000)]);
    const small = await brotli().compress(data);
    expect(brotliDecompressSync(small).equals(data)).to.equal(true);
    expect(Buffer.from(await brotli().decompress(small, frame)).equals(data)).to.equal(true);
  });

  it('refuses qualities that there are not', () => {
    for (const quality of [-1, 12, 1.5, NaN]) {
      let error: unknown;
      try {
        brotli({ quality });
      } catch (caught) {
        error = caught;
      }
      expect(isPatchError(error) && error.code).to.equal('E_USAGE');
    }
  });
});
