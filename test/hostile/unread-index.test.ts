/** Law 3: an index that is too large is refused by what the archive and the manifest say of it, before any of it is read. */
import { expect } from 'chai';
import { type Bytes, bytesOf } from '../../src/bytes.ts';
import { apply } from '../../presets/index.ts';
import { archiveFile } from '../../src/stream/file.ts';
import { run } from '../../src/stream/run.ts';
import { source } from '../../src/stream/stage.ts';
import { refusal } from '../fixtures/patching.ts';
import { type Twist, build } from './archive.ts';
import { withScene } from './target.ts';
import { trust } from './archive.ts';

const large = 8 << 20;
/** Stands for an index that nothing can read. */
const index = Buffer.alloc(large, 'I');

const says = (fields: object): Twist => ({
  indexBytes: () => index,
  manifest: (manifest) => ({ ...manifest, index: { ...manifest.index, ...fields } }),
});

describe('an index that is too large', () => {
  for (const [what, code, twist, fields] of [
    [
      'decoded, as the manifest says',
      'E_LIMIT',
      /index is too large/,
      { encoding: ['brotli/1'], size: 2 ** 28 + 1, stored: large },
    ],
    [
      'as it stands, as the manifest says',
      'E_LIMIT',
      /stored index is too large/,
      { encoding: ['brotli/1'], size: 2 ** 28, stored: 2 ** 26 + 1 },
    ],
    ['for what the manifest says of it', 'E_FORMAT', /index is too large/, { size: 1000 }],
  ] as const) {
    it(`${what}: ${code}, and it is not read`, () =>
      withScene(async ({ app, registry }) => {
        const patch = await build(says(fields));
        const whole = bytesOf(patch);
        let read = 0;
        const watched: Bytes = {
          size: whole.size,
          read: async (offset, length) => {
            read += length;
            return whole.read(offset, length);
          },
        };
        const from = source('archive', async function* () {
          yield archiveFile(watched);
        });
        const error = await refusal(
          () => run([from, ...apply({ to: app, registry: [registry], trust })]),
          code,
        );
        expect(error.message).to.match(twist);
        expect(read).to.be.below(100_000);
      }));
  }
});
