/** Blocks of `cover/1` and indexes of `model/1` that are not what they say (FORMAT §6.4, §6.5). */
import { brotliCompressSync } from 'node:zlib';
import {
  type Block,
  type Stream,
  formatBlock,
  method,
  profile,
  putNumber,
} from '../../../src/delta/cover/block-format.ts';
import { layOut, sizeOfTails } from '../../../src/delta/cover/lay-out.ts';
import { levelOf } from '../../../src/delta/cover/levels.ts';
import { fewestLines, largestBlock, lessons, mostCovers } from '../../../src/delta/cover/limits.ts';
import { matchBlock } from '../../../src/delta/cover/match-block.ts';
import { modelCompressor } from '../../../src/delta/cover/model-compressor.ts';
import { recordsOf } from '../../../src/delta/cover/records.ts';
import { writeCovers } from '../../../src/delta/cover/reference/covers.ts';
import { codeDifferences } from '../../../src/delta/cover/reference/differences.ts';
import { codeLiterals } from '../../../src/delta/cover/reference/literals.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import type { Change } from '../../../src/patch/change.ts';
import { add, build, contentAt, newProgram } from '../archive.ts';
import type { Hostile } from './hostile.ts';

const reference = contentAt('notes.exe');
const [size, old] = [newProgram.length, reference.length];

const payload = (
  name: string,
  says: RegExp,
  make: () => Uint8Array,
  code: ErrorCode = 'E_FORMAT',
  length = size,
): Hostile => ({
  name: `a cover delta ${name}`,
  code,
  says,
  twist: {
    pieces: (honest) =>
      honest.map((one) => {
        if (one.change.name !== 'AppRoot/notes.exe') return one;
        const data = make();
        const { after } = one.change;
        const change = { ...one.change, encoding: ['cover/1'], payload: data.length };
        return { change: { ...change, after: { ...after, size: length } } as Change, payload: data };
      }),
  },
});

const none: Stream = { method: method.none, size: 0, bytes: new Uint8Array() };
const plain = (bytes: Uint8Array): Stream => ({ method: method.plain, size: bytes.length, bytes });
const brotli = (bytes: Uint8Array, length: number): Stream => ({
  method: method.brotli,
  size: length,
  bytes,
});
const numbers = (...values: readonly number[]): Buffer => {
  const bytes: number[] = [];
  for (const value of values) putNumber(bytes, value);
  return Buffer.from(bytes);
};
/** One run from the beginning of the old program, one from its end, and what is new between them. */
const literals = size - old;
const good: Block = {
  ...{ size, covers: 2, profile: profile.binary, tail: 0, lesson: 0 },
  coverStream: plain(numbers(0, 0, 9_000, literals, 0, old - 9_000)),
  differenceStream: none,
  literalStream: plain(newProgram.subarray(9_000, 9_000 + literals)),
};
const block = (
  name: string,
  says: RegExp,
  bent: Partial<Record<keyof Block, unknown>>,
  code?: ErrorCode,
): Hostile => payload(name, says, () => formatBlock({ ...good, ...bent } as Block), code);
const covers = (name: string, says: RegExp, count: number, ...values: readonly number[]): Hostile =>
  block(name, says, { covers: count, coverStream: plain(numbers(...values)) });
const outside = /outside of what it is made of/;

/** Each stream by a model, as slow writers make them; ours compresses streams that are as short as these. */
const modelled = (): Block => {
  const window = { key: '', bytes: reference, ranges: [{ start: 0, at: 0, size: old }], reference: old };
  // A few other bytes, so that there is a stream of differences too.
  const target = Buffer.from(newProgram);
  for (let at = 100; at < 5_000; at += 97) target[at] = (target[at] ?? 0) + 1;
  const records = recordsOf(matchBlock(target, window, profile.binary, levelOf('default'), 0));
  const before = new Uint8Array(size);
  const tails = new Uint8Array(sizeOfTails(records, size, old, 0));
  layOut(records, size, old, 0, tails, (source, place, length) =>
    before.set(reference.subarray(source, source + length), place),
  );
  const stream = (bytes: Uint8Array | null): Stream => ({
    method: method.model,
    size: fewestLines,
    bytes: bytes ?? new Uint8Array(),
  });
  const content = { block: target, records, reference: old, tails, profile: profile.binary };
  return {
    ...{ size, covers: records.count, profile: profile.binary, tail: 0, lesson: 0 },
    coverStream: stream(writeCovers(records)),
    differenceStream: stream(codeDifferences(before, target, records, old, null, fewestLines)),
    literalStream: stream(codeLiterals({ ...content, lesson: 0, lessons, bits: fewestLines }, null)),
  };
};
const model = (name: string, says: RegExp, change: (block: Block) => object, code?: ErrorCode): Hostile =>
  payload(
    `by models, ${name}`,
    says,
    () => {
      const honest = modelled();
      return formatBlock({ ...honest, ...change(honest) });
    },
    code,
  );
const streams = [
  ['coverStream', /list of covers/],
  ['differenceStream', /differences/],
  ['literalStream', /literals/],
] as const;

/** An index that is coded by a model, or says so. */
const coded = (
  name: string,
  says: RegExp,
  change: (coded: Uint8Array, size: number) => readonly [data: Uint8Array, size: number],
  code: ErrorCode = 'E_FORMAT',
): Hostile => ({
  name: `an index by a model ${name}`,
  code,
  says,
  build: async () => {
    const pieces = () => Array.from({ length: 60 }, (_, at) => add(`AppRoot/file${100 + at}`, ''));
    let whole: Uint8Array = new Uint8Array();
    await build({ pieces, indexBytes: (data) => (whole = data) });
    const [data, length] = change(await modelCompressor().compress(whole), whole.length);
    return build({
      pieces,
      indexBytes: () => data,
      manifest: (one) => ({
        ...one,
        index: { ...one.index, encoding: ['model/1'], stored: data.length, size: length },
      }),
    });
  },
});
const text = (length: number, kind: 0 | 1): Uint8Array =>
  formatBlock({
    ...{ ...good, size: length, covers: 0, profile: kind, coverStream: none },
    literalStream: brotli(brotliCompressSync(Buffer.alloc(length)), length),
  });

export const coverDeltas: readonly Hostile[] = [
  payload('of nothing', /payload: it is empty|cut off/, () => new Uint8Array()),
  payload('that is another file', /cover delta/, () => Buffer.from('MZ this is a program')),
  payload('that is cut off', /cut off/, () => formatBlock(good).subarray(0, -1)),
  payload('with a byte behind its end', /behind its end/, () =>
    Buffer.concat([formatBlock(good), Buffer.of(0)]),
  ),
  payload('with a block too many', /behind its end/, () =>
    Buffer.concat([formatBlock(good), formatBlock(good)]),
  ),
  payload('with a number that is not in its shortest form', /shortest/, () => Buffer.of(0x81, 0)),
  payload('with a number without an end', /too long/, () => Buffer.alloc(70, 0xff)),
  payload(
    'whose block is larger than a block may be',
    /size of a block/,
    () => formatBlock({ ...good, size: largestBlock + 1 }),
    'E_FORMAT',
    2 ** 30,
  ),
  payload(
    'with as many covers as the largest block has bytes',
    /the number of covers is 33554432, above 4194304/,
    () => formatBlock({ ...good, size: largestBlock, covers: largestBlock }),
    'E_FORMAT',
    largestBlock,
  ),
  payload(
    'with one cover more than there may be',
    /the number of covers is 4194305, above 4194304/,
    () => formatBlock({ ...good, size: largestBlock, covers: mostCovers + 1 }),
    'E_FORMAT',
    largestBlock,
  ),
  payload(
    'with as many covers as there may be, and fewer than that in their list',
    /cut off/,
    () => formatBlock({ ...good, size: largestBlock, covers: mostCovers }),
    'E_FORMAT',
    largestBlock,
  ),
  payload('whose second block is larger than the first', /size of a block/, () =>
    Buffer.concat(
      [newProgram.subarray(0, 1000), newProgram.subarray(1000)].map((bytes) =>
        formatBlock({
          ...good,
          size: bytes.length,
          covers: 0,
          coverStream: none,
          literalStream: plain(bytes),
        }),
      ),
    ),
  ),
  block('with an empty block', /is empty/, { size: 0 }),
  block('with a block that makes more than is wanted', /size of a block/, { size: size + 1 }),
  block('with more covers than bytes', /number of covers/, { covers: size + 1 }),
  block('of an unknown profile', /profile/, { profile: 3 }),
  block('with tails that its profile does not have', /tail is 1, above 0/, { tail: 1 }),
  block('with tails that are too long', /tail is 257/, { profile: profile.text, tail: 257 }),
  block('with an endless lesson', /lesson/, { lesson: largestBlock + 1 }),
  block('with a stream of an unknown kind', /method/, { coverStream: { ...none, method: 4 } }),
  block('with covers without a stream', /no stream of them/, { coverStream: none }),
  block('with a plain stream that is longer than any', /size of literals/, {
    literalStream: brotli(Buffer.alloc(4), 8 * size + 65),
  }),
  covers('with a cover behind the end of the old file', outside, 1, 0, 2 * (old - 5), 6),
  covers('with a cover before its beginning', outside, 1, 0, 1, 6),
  covers('with a cover far behind everything', outside, 1, 0, 2 ** 49, 6),
  covers('with a cover that ends behind the block', outside, 2, 0, 0, old, 0, 2 * 0 + 2 * old - 2 * old, 100),
  covers('with a cover of no bytes', outside, 1, 0, 0, 0),
  covers('with a cover of itself', outside, 1, 10, 2 * old, 20),
  covers('with a cover of what is not made yet', outside, 1, 10, 2 * (old + 100), 5),
  covers('with fewer covers than it says', /cut off/, 3, 0, 0, 9_000, literals, 0, old - 9_000),
  covers('with more covers than it says', /behind the last cover/, 1, 0, 0, 9_000, literals, 0, 5),
  block('with too few literals', /not enough literals/, { literalStream: plain(Buffer.alloc(literals - 1)) }),
  block('with too many literals', /too many literals/, { literalStream: plain(Buffer.alloc(literals + 1)) }),
  block('without its literals', /not enough literals/, { literalStream: none }),
  block('with a difference behind its last cover', /behind the last cover/, {
    differenceStream: plain(Buffer.concat([numbers(1, old), Buffer.of(1)])),
  }),
  block('with more differences than places', /more or fewer differences/, {
    differenceStream: plain(Buffer.concat([numbers(1, 5), Buffer.of(1, 1)])),
  }),
  block('with more differences than bytes', /cut off|differences|last cover/, {
    differenceStream: plain(numbers(2 ** 40, 5)),
  }),
  block('with a bomb', /compressed stream/, {
    literalStream: brotli(brotliCompressSync(Buffer.alloc(32 << 20)), literals),
  }),
  block('with a compressed stream that gives less', /compressed stream/, {
    literalStream: brotli(brotliCompressSync(Buffer.alloc(literals - 1)), literals),
  }),
  block('with a compressed stream that is none', /compressed stream/, {
    literalStream: brotli(Buffer.from('MZ'), literals),
  }),
  block(
    'that makes something else of the same size',
    /not what it promises/,
    { literalStream: plain(Buffer.alloc(literals)) },
    'E_DIGEST',
  ),
  model('that makes something else', /not what it promises/, () => ({}), 'E_DIGEST'),
  ...streams.flatMap(([name, says]) => [
    model(`whose ${name} is cut off`, says, (one) => ({
      [name]: { ...one[name], bytes: one[name].bytes.subarray(0, one[name].bytes.length >> 1) },
    })),
    model(`whose ${name} is too long`, says, (one) => ({
      [name]: { ...one[name], bytes: Buffer.concat([one[name].bytes, Buffer.of(0)]) },
    })),
    model(`whose ${name} is nothing`, says, (one) => ({ [name]: { ...one[name], bytes: Buffer.alloc(0) } })),
    model(`whose ${name} has too few lines`, /too small/, (one) => ({ [name]: { ...one[name], size: 9 } })),
    model(`whose ${name} has too many lines`, /the size of/, (one) => ({
      [name]: { ...one[name], size: 20 },
    })),
  ]),
  coded('that is nothing', /cut off/, (_, length) => [new Uint8Array(), length]),
  coded('that stands for nothing', /bytes|size/, (_, length) => [Buffer.of(0), length]),
  coded('that is cut off', /cut off/, (data, length) => [data.subarray(0, -1), length]),
  coded('with a byte behind its end', /too long/, (data, length) => [
    Buffer.concat([data, Buffer.of(0)]),
    length,
  ]),
  coded('that is smaller than it says', /bytes|size/, (data, length) => [data, length + 1]),
  coded('that is larger than it says', /too large/, (data, length) => [data, length - 1], 'E_LIMIT'),
  coded('of text', /profile/, (_, length) => [text(length, profile.text), length]),
  coded('of nothing but zeros', /does not begin as one/, (_, length) => [
    text(length, profile.binary),
    length,
  ]),
  coded('that is a bomb', /too large/, (_, length) => [text(8 << 20, profile.binary), length], 'E_LIMIT'),
  coded('of more than a model may code', /size of a block/, () => [
    text((8 << 20) + 1, profile.binary),
    9 << 20,
  ]),
];
