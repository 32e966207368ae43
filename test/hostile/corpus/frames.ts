/** Frames that are bombs, or not what the index says (FORMAT §6.1). */
import { brotliCompressSync } from 'node:zlib';
import { digestOf } from '../../../src/bytes.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import type { FrameRecord } from '../../../src/patch/frames.ts';
import { type Frame, add } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const lie = (
  name: string,
  says: RegExp,
  change: (frame: Frame) => Frame,
  code: ErrorCode = 'E_FORMAT',
): Hostile => ({
  name: `a frame ${name}`,
  code,
  says,
  // Long enough for any bomb to be shorter than what it claims to be.
  twist: { pieces: () => [add('AppRoot/long', 'a'.repeat(100_000))], frames: (frames) => frames.map(change) },
});
const record =
  (fields: Partial<FrameRecord>) =>
  ({ record: before, data }: Frame): Frame => ({ record: { ...before, ...fields }, data });
/** Other stored bytes, with a record that is true of them. */
const stored =
  (make: (data: Uint8Array) => Uint8Array, encoding: readonly string[] = ['brotli/1']) =>
  ({ record: before, data }: Frame): Frame => {
    const bytes = make(data);
    return { record: { ...before, encoding, stored: bytes.length, digest: digestOf(bytes) }, data: bytes };
  };
const bomb = brotliCompressSync(Buffer.alloc(256 << 20));

export const frames: readonly Hostile[] = [
  lie(
    'that decodes to a quarter of a gigabyte',
    /decodes to more than/,
    stored(() => bomb),
    'E_LIMIT',
  ),
  lie(
    'that decodes to one byte more',
    /decodes to more than/,
    stored((data) => brotliCompressSync(Buffer.concat([data, Buffer.alloc(1)]))),
    'E_LIMIT',
  ),
  lie(
    'that decodes to one byte less',
    /bytes, not/,
    stored((data) => brotliCompressSync(data.subarray(1))),
  ),
  lie(
    'with bytes behind its end',
    /stand behind the end/,
    stored((data) => Buffer.concat([brotliCompressSync(data), Buffer.from('hidden')])),
  ),
  lie(
    'that is cut off',
    /damaged or cut off/,
    stored((data) => brotliCompressSync(data).subarray(0, -5)),
  ),
  lie(
    'that is not what it is coded with',
    /brotli/,
    stored((data) => data),
  ),
  lie(
    'of another digest',
    /not the one that the patch was made with/,
    record({ digest: digestOf(Buffer.from('other')) }),
    'E_DIGEST',
  ),
  lie('in an unknown coding', /does not know/, record({ encoding: ['evil/1'] }), 'E_CODEC'),
  lie('of another stored size', /stored/, record({ stored: 1 })),
  lie('of another size', /frames\[0\]\.size/, record({ size: 7, stored: 7 })),
  lie('that is empty', /frames/, () => ({
    data: new Uint8Array(),
    record: { size: 0, stored: 0, encoding: [], digest: digestOf(new Uint8Array()) },
  })),
  {
    name: 'a frame behind the last one',
    code: 'E_FORMAT',
    says: /frames/,
    twist: { frames: (frames) => [...frames, ...frames] },
  },
  {
    name: 'an index without a frame that the archive has',
    code: 'E_FORMAT',
    says: /frames/,
    twist: { index: (index) => ({ ...index, frames: [] }) },
  },
];
