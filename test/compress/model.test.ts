import { expect } from 'chai';
import { formatBlock, method, profile } from '../../src/delta/cover/block-format.ts';
import { modelCompressor, modelLimit } from '../../src/delta/cover/model-compressor.ts';
import { compressorContract } from '../contract/compressor.ts';
import { noise } from '../fixtures/random-layer.ts';
import { expectFailure } from '../patch/samples.ts';

compressorContract('a model', modelCompressor, modelLimit);

describe('a model (FORMAT §6.5)', () => {
  const nothing = { method: method.none, size: 0, bytes: new Uint8Array() } as const;
  const common = {
    ...{ size: 4, covers: 0, tail: 0, lesson: 0 },
    ...{ coverStream: nothing, differenceStream: nothing },
    literalStream: { method: method.plain, size: 4, bytes: Buffer.from('text') },
  };

  it('gives back what does not get smaller', async () => {
    const data = Buffer.from(noise(20_000, 1), 'latin1');
    const coded = await modelCompressor().compress(data);
    expect(coded.length).to.be.below(data.length + 100);
    expect(Buffer.from(await modelCompressor().decompress(coded, data.length)).equals(data)).to.equal(true);
  });

  it('takes no more than it models in a few seconds', () =>
    expectFailure('E_LIMIT', /modelled/, () => modelCompressor().compress(new Uint8Array(modelLimit + 1))));

  it('reads blocks of the binary profile, as any writer may make them', async () => {
    const read = async (kind: 0 | 1): Promise<string> =>
      Buffer.from(
        await modelCompressor().decompress(formatBlock({ ...common, profile: kind }), 4),
      ).toString();
    expect(await read(profile.binary)).to.equal('text');
    await expectFailure('E_FORMAT', /profile/, () => read(profile.text));
  });
});
