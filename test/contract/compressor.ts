/** The suite that every compressor has to pass (src/compress/compressor.ts). */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Compressor } from '../../src/compress/compressor.ts';
import { isPatchError, type ErrorCode } from '../../src/errors.ts';

/** `make` is called for every test. `most` is the size in bytes of what it compresses at most. */
export function compressorContract(name: string, make: () => Compressor, most = 32 << 20): void {
  describe(`${name} as a compressor`, () => {
    const fails = async (code: ErrorCode, call: Promise<unknown>): Promise<void> => {
      let seen: unknown = 'nothing';
      await call.catch((error: unknown) => (seen = isPatchError(error) ? error.code : error));
      expect(seen).to.equal(code);
    };
    const text = Buffer.from('a patch is the difference of two states; '.repeat(500));

    it('has an id of a name and a version', () => {
      expect(make().id).to.match(/^[a-z][a-z0-9-]*\/[1-9][0-9]*$/);
    });

    it('gives all data back', async () => {
      const compressor = make();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (data) => {
          const again = await compressor.decompress(await compressor.compress(data), data.length);
          expect(Buffer.from(again).equals(data)).to.equal(true);
        }),
        { numRuns: 50 },
      );
    });

    it('makes text smaller', async () => {
      expect((await make().compress(text)).length).to.be.below(text.length / 10);
    });

    it('gives equal bytes for equal data, at the same time too', async () => {
      const results = await Promise.all(Array.from({ length: 8 }, async () => make().compress(text)));
      for (const result of results) expect(Buffer.from(result).equals(results[0]!)).to.equal(true);
    });

    it('leaves its input alone', async () => {
      const data = new Uint8Array(text);
      const small = await make().compress(data);
      const kept = new Uint8Array(small);
      await make().decompress(small, text.length);
      expect(text.equals(data)).to.equal(true);
      expect(small).to.deep.equal(Buffer.from(kept));
    });

    it('refuses to decompress to more than the limit', async () => {
      const small = await make().compress(text);
      for (const limit of [0, 1, 100, text.length - 1])
        await fails('E_LIMIT', make().decompress(small, limit));
      await fails('E_LIMIT', make().decompress(await make().compress(new Uint8Array(1)), 0));
    });

    it('does not take the memory that a bomb asks for', async () => {
      const bomb = await make().compress(Buffer.alloc(most));
      const before = process.memoryUsage();
      await fails('E_LIMIT', make().decompress(bomb, 1000));
      const after = process.memoryUsage();
      expect(after.arrayBuffers - before.arrayBuffers).to.be.below(8 << 20);
    });

    it('refuses bytes behind the end', async () => {
      const small = await make().compress(text);
      for (const tail of [[0], [1, 2, 3], [...small]]) {
        const longer = Buffer.concat([small, Uint8Array.from(tail)]);
        await fails('E_FORMAT', make().decompress(longer, text.length));
        await fails('E_FORMAT', make().decompress(longer, text.length * 4));
      }
    });

    it('refuses what is cut off', async () => {
      const small = await make().compress(text);
      for (let size = 0; size < small.length; size++) {
        await fails('E_FORMAT', make().decompress(small.subarray(0, size), text.length));
      }
    });

    it('refuses garbage, or decodes it within the limit', async () => {
      const compressor = make();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (garbage) => {
          try {
            expect((await compressor.decompress(garbage, 1000)).length).to.be.at.most(1000);
          } catch (error) {
            expect(isPatchError(error) ? error.code : error).to.be.oneOf(['E_FORMAT', 'E_LIMIT']);
          }
        }),
        { numRuns: 300 },
      );
    });
  });
}
