/** Contents that are not what the index promises. */
import type { ErrorCode } from '../../../src/errors.ts';
import type { Change } from '../../../src/patch/change.ts';
import { type Piece, add, metaOf } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const lie = (
  name: string,
  says: RegExp,
  change: (piece: Piece) => Piece,
  code: ErrorCode = 'E_DIGEST',
  of = 'AppRoot/more/new.txt',
): Hostile => ({
  name: `a content ${name}`,
  code,
  says,
  twist: {
    pieces: (honest) => {
      if (!honest.some((one) => one.change.name === of)) throw new Error(`nothing is named ${of}`);
      return honest.map((one) => (one.change.name === of ? change(one) : one));
    },
  },
});
const after = ({ change, payload }: Piece, fields: object): Piece => ({
  change: { ...change, after: { ...change.after, ...fields } } as Change,
  payload,
});
const promise = /not what it promises/;

export const contents: readonly Hostile[] = [
  lie('of another digest', promise, (piece) => after(piece, { digest: metaOf('other').digest })),
  lie(
    'that is longer than its size',
    /size of its payload/,
    (piece) => after(piece, { size: 2 }),
    'E_FORMAT',
  ),
  lie(
    'that is shorter than its size',
    /size of its payload/,
    (piece) => after(piece, { size: 4 }),
    'E_FORMAT',
  ),
  lie(
    'whose payload is said to be shorter',
    /size of its payload|make|payloads/,
    ({ change, payload }) => ({ change: { ...change, payload: 2 }, payload }),
    'E_FORMAT',
  ),
  lie(
    'whose payload takes from the next one',
    /payloads|size|frames/,
    ({ change, payload }) => ({
      change: { ...change, payload: 8, after: { ...metaOf('new'), size: 8 } } as Change,
      payload,
    }),
    'E_FORMAT',
  ),
  lie('that is swapped with another of its size', promise, ({ change }) => ({
    change,
    payload: Buffer.from('wen'),
  })),
  lie(
    'made by a delta, of another digest',
    promise,
    (piece) => after(piece, { digest: metaOf('other').digest }),
    'E_DIGEST',
    'AppRoot/notes.exe',
  ),
  lie(
    'made by a delta, of a digest that is right and a size that is not',
    /promises|size|malformed|VCDIFF|delta/,
    (piece) => after(piece, { size: 19_999 }),
    'E_FORMAT',
    'AppRoot/notes.exe',
  ),
  lie(
    'made by a delta, of a size that is far too large',
    /no space left/,
    (piece) => after(piece, { size: 2 ** 37 }),
    'E_SPACE',
    'AppRoot/notes.exe',
  ),
  lie(
    'of a hive of another digest',
    promise,
    (piece) => after(piece, { digest: metaOf('other').digest }),
    'E_DIGEST',
    'Registry/machine',
  ),
  lie(
    'of a hive of a digest that is right and a size that is not',
    promise,
    (piece) => after(piece, { size: 10 }),
    'E_DIGEST',
    'Registry/machine',
  ),
  lie(
    'of a hive without a codec',
    /does not know/,
    ({ change, payload }) => ({
      change: {
        ...change,
        encoding: [],
        payload: payload.length,
        after: { ...change.after, size: payload.length },
      } as Change,
      payload,
    }),
    'E_CODEC',
    'Registry/machine',
  ),
  {
    name: 'bytes behind the last content',
    code: 'E_FORMAT',
    says: /payloads of|frames/,
    twist: {
      pieces: (honest) =>
        honest.map((one, at) =>
          at === honest.length - 1
            ? { ...one, payload: Buffer.concat([one.payload, Buffer.from('hidden')]) }
            : one,
        ),
    },
  },
  {
    name: 'a payload that is not there at all',
    code: 'E_FORMAT',
    says: /make 1 frames, not 0|frames/,
    twist: { pieces: () => [{ ...add('AppRoot/a'), payload: new Uint8Array() }] },
  },
];
