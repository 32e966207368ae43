/** Hives of ours, read by our own reader. */
import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOf } from '../../../src/bytes.ts';
import type { RegistryKey } from '../../../src/registry/hive.ts';
import { openHive } from '../../../src/registry/regf-read/open-hive.ts';
import { formatRegf, regfChunks } from '../../../src/registry/regf-write/format-regf.ts';
import type { RegfOptions } from '../../../src/registry/regf-write/options.ts';
import { hive, keyWith, layeredHive } from './arbitrary.ts';
import { expectWritten } from './written.ts';

async function read(key: RegistryKey, options: RegfOptions): Promise<RegistryKey> {
  const opened = await openHive(bytesOf(formatRegf(key, options)));
  return opened.toKey();
}

describe('regf: what is written is what is read', () => {
  it('for random hives of every version', async () => {
    const versions = fc.constantFrom(...(['1.3', '1.4', '1.5', '1.6'] as const));
    await fc.assert(
      fc.asyncProperty(hive, versions, async (key, version) =>
        expectWritten(await read(key, { version }), key),
      ),
      { numRuns: 60 },
    );
  });

  it('for random layered hives', async () => {
    await fc.assert(
      fc.asyncProperty(layeredHive, async (key) => {
        expectWritten(await read(key, { version: '1.6' }), key);
      }),
      { numRuns: 60 },
    );
  });

  it('byte for byte, when what was read is written again', async () => {
    await fc.assert(
      fc.asyncProperty(layeredHive, async (key) => {
        const first = formatRegf(key, { version: '1.6' });
        const opened = await openHive(bytesOf(first));
        const again = formatRegf(await opened.toKey(), { version: '1.6' });
        expect(Buffer.compare(first, again)).to.equal(0);
      }),
      { numRuns: 40 },
    );
  });

  it('for a hive in chunks, with more subkeys than a list holds', async () => {
    const keys = Array.from({ length: 5200 }, (_, at) => keyWith(`k${at}`, []));
    const key = keyWith('', [], keys);
    const opened = await openHive(bytesOf(Buffer.concat([...regfChunks(key)])));
    expectWritten(await opened.toKey(), key);
    expect((await opened.key('K5199'))?.name).to.equal('k5199');
  });
});
