/** The suite that every delta codec must pass: the comment in src/delta/codec.ts, sentence by sentence. */
import { expect } from 'chai';
import fc from 'fast-check';
import { type Bytes, bytesOf, digestOf } from '../../src/bytes.ts';
import { type CodecContext, type DeltaCodec, type ReadRange } from '../../src/delta/codec.ts';
import { isPatchError } from '../../src/errors.ts';
import { inline } from '../../src/exec/inline.ts';
import { createGrowing } from '../../src/growing.ts';
import { assertLeads } from '../../src/patch/encode-content.ts';
import { createSpool } from '../../src/spool.ts';

type Pair = readonly [reference: Uint8Array, target: Uint8Array];

const memoryLimit = 64 << 20;

export function context(signal = new AbortController().signal): CodecContext {
  return { signal, executor: inline(), memoryLimit };
}

/** Everything in one array. Throws as soon as there is more than `limit`. */
export async function collect(pieces: AsyncIterable<Uint8Array>, limit = Infinity): Promise<Buffer> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    all.push(piece);
    length += piece.length;
    if (length > limit) throw new Error(`it gave ${length} bytes, more than ${limit}`);
  }
  return Buffer.concat(all);
}

/** Reproducible bytes that nothing compresses (xorshift32). */
export function noise(length: number, seed = 1): Uint8Array {
  const data = new Uint8Array(length);
  let x = Math.imul(seed, 0x9e3779b9) | 1;
  for (let i = 0; i < length; i += 1) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    data[i] = x >>> 24;
  }
  return data;
}

/** Cuts the data into blocks and puts them together in another order. */
export function shuffled(data: Uint8Array, block: number, seed = 1): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(data.length / block) }, (_, i) =>
    data.subarray(i * block, (i + 1) * block),
  );
  const order = noise(blocks.length * 4, seed);
  const keyed = blocks.map((part, i) => ({ part, key: Buffer.from(order.buffer).readUInt32LE(i * 4) }));
  return Buffer.concat(keyed.sort((a, b) => a.key - b.key).map(({ part }) => part));
}

const period = (length: number, pattern: string): Uint8Array => Buffer.alloc(length, pattern);
const empty = new Uint8Array(0);
const words = (length: number): Buffer => Buffer.from(Buffer.from(noise(length / 2)).toString('hex'));

/** Pairs that break careless codecs. */
const pairs: Readonly<Record<string, Pair>> = {
  'nothing and nothing': [empty, empty],
  'nothing and something': [empty, noise(5000)],
  'something and nothing': [noise(5000), empty],
  'nothing and one byte': [empty, Uint8Array.of(7)],
  'one byte and the same': [Uint8Array.of(7), Uint8Array.of(7)],
  'one byte and another': [Uint8Array.of(7), Uint8Array.of(8)],
  'equal inputs': [noise(300_000), noise(300_000)],
  'unrelated inputs': [noise(300_000, 1), noise(300_000, 2)],
  'all zero, longer': [new Uint8Array(70_000), new Uint8Array(700_000)],
  'all zero, shorter': [new Uint8Array(700_000), new Uint8Array(70_001)],
  'zeros out of noise': [noise(100_000), new Uint8Array(100_000)],
  'a long run of one byte in text': [
    words(40_000),
    Buffer.concat([words(40_000).subarray(0, 9000), period(1_000_000, ' '), words(40_000)]),
  ],
  'a long run of one byte in both texts': [
    Buffer.concat([words(40_000), period(600_000, ' '), words(600)]),
    Buffer.concat([words(600), period(1_000_000, ' '), words(40_000)]),
  ],
  'text, shuffled': [words(200_000), shuffled(words(200_000), 500)],
  'a period, shifted': [period(400_000, 'abcdefg'), period(399_990, 'cdefgab')],
  'another period': [period(300_000, 'abc'), period(300_000, 'abcd')],
  'shuffled blocks': [noise(600_000), shuffled(noise(600_000), 10_000)],
  'an insertion at the front': [noise(600_000), Buffer.concat([Buffer.from('new'), noise(600_000)])],
  'a cut in the middle': [
    noise(600_000),
    Buffer.concat([noise(600_000).subarray(0, 250_000), noise(600_000).subarray(260_001)]),
  ],
  'the second half only': [noise(600_000), noise(600_000).subarray(300_000)],
  'itself twice': [noise(300_000), Buffer.concat([noise(300_000), noise(300_000)])],
};

/** A target that was made from its reference by a few edits. */
const edited: fc.Arbitrary<Pair> = fc
  .record({
    seed: fc.integer(),
    length: fc.nat(200_000),
    edits: fc.array(
      fc.record({ at: fc.nat(200_000), remove: fc.nat(3000), insert: fc.uint8Array({ maxLength: 300 }) }),
      { maxLength: 20 },
    ),
  })
  .map(({ seed, length, edits }) => {
    const reference = noise(length, seed);
    let target = reference;
    for (const { at, remove, insert } of edits) {
      target = Buffer.concat([target.subarray(0, at), insert, target.subarray(at + remove)]);
    }
    return [reference, target];
  });

const small: fc.Arbitrary<Pair> = fc.tuple(
  fc.uint8Array({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }),
);
const fewSymbols = fc.array(fc.constantFrom(0, 1), { maxLength: 3000 }).map((bits) => Uint8Array.from(bits));
const repetitive: fc.Arbitrary<Pair> = fc.tuple(fewSymbols, fewSymbols);

/** Some damage: bytes changed, cut out, put in, or the end missing. */
const damage = fc.record({
  flips: fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { maxLength: 4 }),
  cut: fc.option(fc.nat(), { freq: 3 }),
  insert: fc.option(fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 12 }) }), { freq: 3 }),
});

export function damaged(
  data: Uint8Array,
  how: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Uint8Array {
  let result = Buffer.from(data);
  // most of a delta is data: aim at the beginning, where the structure is, every other time
  const place = (at: number): number =>
    at % Math.max(1, at % 2 === 0 ? result.length : Math.min(64, result.length));
  for (const { at, byte } of how.flips) if (result.length > 0) result[place(at)] = byte;
  if (how.insert !== null) {
    const at = place(how.insert.at);
    result = Buffer.concat([result.subarray(0, at), how.insert.bytes, result.subarray(at)]);
  }
  return how.cut === null ? result : result.subarray(0, place(how.cut));
}

/** Decodes what may be anything: gives the bytes, or null where it was refused as it should be. */
export async function decodeHostile(
  codec: DeltaCodec,
  reference: Uint8Array,
  delta: Uint8Array,
  size: number,
): Promise<Uint8Array | null> {
  try {
    const signal = AbortSignal.timeout(20_000); // a hang shows as E_CANCELLED
    const result = await collect(
      codec.decode(bytesOf(reference), bytesOf(delta), size, context(signal)),
      size,
    );
    expect(result.length, 'too short, without an error').to.equal(size);
    return result;
  } catch (error) {
    if (isPatchError(error) && (error.code === 'E_FORMAT' || error.code === 'E_LIMIT')) return null;
    throw error;
  }
}

/** Bytes that count how much is read, and at most how much at once. */
function watched(data: Uint8Array): Bytes & { largest: number; total: number } {
  const inner = bytesOf(data);
  const bytes = {
    size: data.length,
    largest: 0,
    total: 0,
    read: async (offset: number, length: number) => {
      bytes.largest = Math.max(bytes.largest, length);
      bytes.total += length;
      return inner.read(offset, length);
    },
  };
  return bytes;
}

/** 5 GiB of zeros with islands of noise, of which nothing is held. */
const farSize = 5 * 2 ** 30;
const islands = [0, 2 ** 31 - 40_000, 2 ** 32 - 50_000, 2 ** 32 + 123_457, farSize - 100_000];
const islandSize = 100_000;

/** `largest` is the most that was read at once. */
function sparse(): Bytes & { largest: number } {
  const parts = islands.map((start, at) => ({ start, data: noise(islandSize, 100 + at) }));
  const bytes = {
    size: farSize,
    largest: 0,
    read: async (offset: number, length: number) => {
      expect(offset >= 0 && offset + length <= farSize, `it reads ${length} bytes at ${offset}`).to.equal(
        true,
      );
      bytes.largest = Math.max(bytes.largest, length);
      const result = new Uint8Array(length);
      for (const { start, data } of parts) {
        const from = Math.max(start, offset);
        const to = Math.min(start + islandSize, offset + length);
        if (from < to) result.set(data.subarray(from - start, to - start), from - offset);
      }
      return result;
    },
  };
  return bytes;
}

/** Bytes that remember what was read. */
function marked(data: Uint8Array): Bytes & { readonly ranges: ReadRange[] } {
  const ranges: ReadRange[] = [];
  return {
    size: data.length,
    ranges,
    read: async (offset, length) => {
      if (length > 0) ranges.push({ offset, length });
      return bytesOf(data).read(offset, length);
    },
  };
}

/**
 * `make` gives the codec; `largest` is the most bytes that it may read or give at once; `far` says whether to try a reference of
 * 5 GiB, which takes a while.
 */
export function deltaCodecContract(
  name: string,
  make: () => DeltaCodec,
  largest = 2 << 20,
  far = false,
): void {
  describe(`${name} is a delta codec`, () => {
    const codec = make();
    const encode = async ([reference, target]: Pair): Promise<Buffer> =>
      collect(codec.encode(bytesOf(reference), bytesOf(target), context()));

    async function assertRoundTrip(pair: Pair): Promise<void> {
      const [reference, target] = pair;
      const delta = await encode(pair);
      const result = await collect(
        codec.decode(bytesOf(reference), bytesOf(delta), target.length, context()),
      );
      expect(Buffer.compare(result, target), 'the decoded target differs').to.equal(0);
    }

    it('has an id with a version', () => {
      expect(codec.id).to.match(/^[a-z0-9-]+\/[1-9][0-9]*$/);
    });

    for (const [title, pair] of Object.entries(pairs)) {
      it(`gives back the target: ${title}`, () => assertRoundTrip(pair));
    }

    it('gives back the target: any small pair', () =>
      fc.assert(fc.asyncProperty(small, assertRoundTrip), { numRuns: 100 }));

    it('gives back the target: any pair of two symbols', () =>
      fc.assert(fc.asyncProperty(repetitive, assertRoundTrip), { numRuns: 50 }));

    it('gives back the target: any edits', () =>
      fc.assert(fc.asyncProperty(edited, assertRoundTrip), { numRuns: 30 }));

    if (codec.draft) {
      const drafted = async ([reference, target]: Pair): Promise<{
        ranges: readonly ReadRange[];
        delta: Buffer;
      }> => {
        const draft = await codec.draft?.(bytesOf(reference), bytesOf(target), context());
        expect(draft, 'a draft').to.not.equal(undefined);
        return { ranges: draft?.reads ?? [], delta: draft ? await collect(draft.encode()) : Buffer.alloc(0) };
      };

      it('says in a draft what a delta takes of its reference: what it does not name may be anything', () =>
        fc.assert(
          fc.asyncProperty(
            fc.oneof(edited, small, fc.constantFrom(...Object.values(pairs))),
            async (pair) => {
              const [reference, target] = pair;
              const { ranges, delta } = await drafted(pair);
              expect(Buffer.compare(delta, await encode(pair)), 'another delta').to.equal(0);
              const other = Buffer.from(reference.map((byte) => byte ^ 0x55));
              for (const { offset, length } of ranges) {
                expect(offset >= 0 && length >= 0 && offset + length <= reference.length, 'inside').to.equal(
                  true,
                );
                other.set(reference.subarray(offset, offset + length), offset);
              }
              const result = await collect(
                codec.decode(bytesOf(other), bytesOf(delta), target.length, context()),
                target.length,
              );
              expect(Buffer.compare(result, target), 'something else was taken').to.equal(0);
            },
          ),
          { numRuns: 25 },
        ));

      it('reads no part of its reference that has nothing in it', async () => {
        const reference = Buffer.concat([noise(200_000, 1), noise(200_000, 2), noise(200_000, 3)]);
        const target = Buffer.concat([noise(200_000, 3), noise(200_000, 1)]);
        const { ranges: named, delta } = await drafted([reference, target]);
        const source = marked(reference);
        await collect(codec.decode(source, bytesOf(delta), target.length, context()));
        for (const ranges of [named, source.ranges]) {
          const inside = ranges.some(({ offset, length }) => offset < 399_000 && offset + length > 201_000);
          expect(inside, 'something of the middle').to.equal(false);
        }
      });
    }

    if (far) {
      it('takes from behind 4 GiB of a reference, without holding it', async function () {
        this.timeout(600_000);
        const reference = sparse();
        const target = Buffer.concat([
          noise(islandSize, 104),
          noise(3000, 7),
          noise(islandSize, 103).subarray(500),
          noise(islandSize, 102),
          noise(islandSize, 101),
        ]);
        const before = process.memoryUsage.rss();
        const delta = await collect(codec.encode(reference, bytesOf(target), context()));
        expect(delta.length, 'the islands are found').to.be.below(target.length / 2);
        expect(
          Buffer.compare(
            await collect(codec.decode(reference, bytesOf(delta), target.length, context())),
            target,
          ),
        ).to.equal(0);
        expect(process.memoryUsage.rss() - before, 'bytes of memory').to.be.below(1 << 30);
        expect(reference.largest).to.be.at.most(16 << 20);
        const draft = await codec.draft?.(reference, bytesOf(target), context());
        if (draft) expect(draft.reads.some(({ offset }) => offset > 2 ** 32)).to.equal(true);
      });
    }

    it('tells of every byte of the target once', async () => {
      for (const [reference, target] of Object.values(pairs)) {
        let told = 0;
        const onEncoded = (bytes: number): void => void (told += bytes);
        const telling = { ...context(), onEncoded };
        await collect(codec.encode(bytesOf(reference), bytesOf(target), telling));
        expect(told).to.equal(target.length);
        const draft = await codec.draft?.(bytesOf(reference), bytesOf(target), telling);
        if (!draft) continue;
        expect(told, 'of a draft').to.equal(2 * target.length);
        await collect(draft.encode());
        expect(told, 'of a draft that was coded').to.equal(3 * target.length);
      }
    });

    it('is found out where the reference is another one of the same size', () =>
      fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 30 }), fc.nat(255), async (seed, byte) => {
          const reference = noise(50_000, seed);
          const target = Buffer.concat([reference.subarray(20_000), Uint8Array.of(byte), reference]);
          const parts = [{ size: target.length, digest: digestOf(target) }];
          const check = async (bytes: Uint8Array): Promise<unknown> => {
            const delta = createSpool(1 << 20);
            delta.append(await encode([reference, target]));
            return assertLeads({ codec, delta }, bytesOf(bytes), parts, context())
              .catch((error: unknown) => error)
              .finally(() => delta.close());
          };
          expect(await check(reference)).to.equal(undefined);
          const refused = await check(noise(50_000, seed + 1));
          expect(isPatchError(refused) && refused.code).to.be.oneOf(['E_CODEC', 'E_FORMAT', 'E_LIMIT']);
        }),
        { numRuns: 10 },
      ));

    const itFollows = codec.follows ? it : (): null => null;

    itFollows('decodes while the delta grows', async () => {
      for (const [reference, target] of Object.values(pairs)) {
        const delta = await encode([reference, target]);
        const spool = createSpool(1 << 20);
        const growing = createGrowing(spool);
        const { bytes } = growing;
        const decoded = collect(codec.decode(bytesOf(reference), bytes, target.length, context()));
        for (let at = 0; at < delta.length; at += 7) {
          spool.append(delta.subarray(at, at + 7));
          growing.grown();
          if (at % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        growing.end();
        expect(Buffer.compare(await decoded, target)).to.equal(0);
        spool.close();
      }
    });

    itFollows('ends with the reason where the delta will never be whole', async () => {
      const [reference, target] = [noise(50_000, 1), noise(60_000, 2)];
      const delta = await encode([reference, target]);
      const spool = createSpool(1 << 20);
      const growing = createGrowing(spool);
      const { bytes } = growing;
      const decoded = collect(codec.decode(bytesOf(reference), bytes, target.length, context()));
      spool.append(delta.subarray(0, delta.length >> 1));
      growing.grown();
      const reason = new Error('the maker is gone');
      growing.fail(reason);
      expect(await decoded.catch((error: unknown) => error)).to.equal(reason);
      spool.close();
    });

    it('gives equal bytes for equal inputs', () =>
      fc.assert(
        fc.asyncProperty(edited, async (pair) => {
          expect(Buffer.compare(await encode(pair), await encode(pair))).to.equal(0);
        }),
        { numRuns: 5 },
      ));

    it('does not read inputs as a whole, nor gives large pieces', async () => {
      const data = noise(3 * largest, 5);
      const reference = watched(data);
      const target = watched(shuffled(data, 1 << 16));
      let piece = 0;
      for await (const { length } of codec.encode(reference, target, context()))
        piece = Math.max(piece, length);
      expect(Math.max(reference.largest, target.largest, piece)).to.be.at.most(largest);
    });

    it('stops working when the caller stops reading', async () => {
      const target = watched(noise(4 * largest, 6));
      const pieces = codec.encode(bytesOf(noise(1 << 20, 7)), target, context())[Symbol.asyncIterator]();
      await pieces.next();
      await pieces.next();
      await pieces.return?.();
      expect(target.total).to.be.below(target.size);
    });

    it('stops at an abort, encoding and decoding', async () => {
      const size = 1.5 * largest;
      const [reference, target] = [noise(size, 8), noise(size, 9)];
      const delta = await encode([reference, target]);
      const runs = [
        (c: CodecContext) => codec.encode(bytesOf(reference), bytesOf(target), c),
        (c: CodecContext) => codec.decode(bytesOf(reference), bytesOf(delta), target.length, c),
      ];
      for (const run of runs) {
        for (const after of [0, 1]) {
          const controller = new AbortController();
          if (after === 0) controller.abort();
          let error: unknown;
          try {
            const pieces = run(context(controller.signal))[Symbol.asyncIterator]();
            while ((await pieces.next()).done !== true) controller.abort();
          } catch (thrown) {
            error = thrown;
          }
          expect(error).to.include({ code: 'E_CANCELLED' });
        }
      }
    });

    it('refuses a delta for another size', async () => {
      for (const title of [
        'a cut in the middle',
        'equal inputs',
        'nothing and something',
        'nothing and nothing',
      ]) {
        const [reference, target] = pairs[title] ?? [empty, empty];
        const delta = await encode([reference, target]);
        for (const size of [0, 1, target.length - 1, target.length + 1, 2 ** 40].filter(
          (n) => n >= 0 && n !== target.length,
        )) {
          expect(await decodeHostile(codec, reference, delta, size), `size ${size}`).to.equal(null);
        }
      }
    });

    it('refuses a delta that reads outside of a shorter reference', async () => {
      const reference = noise(50_000);
      const delta = await encode([reference, reference]);
      expect(await decodeHostile(codec, reference.subarray(0, 10_000), delta, 50_000)).to.equal(null);
      expect(await decodeHostile(codec, empty, delta, 50_000)).to.equal(null);
    });

    it('decodes anything whatever, or refuses it with E_FORMAT or E_LIMIT', () =>
      fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(1000), async (delta, size) => {
          await decodeHostile(codec, noise(500), delta, size);
        }),
        { numRuns: 200 },
      ));

    it('decodes damaged deltas, or refuses them with E_FORMAT or E_LIMIT', () =>
      fc.assert(
        fc.asyncProperty(
          fc.oneof(edited, small, repetitive),
          fc.array(damage, { minLength: 20, maxLength: 20 }),
          async (pair, hows) => {
            const delta = await encode(pair);
            for (const how of hows) await decodeHostile(codec, pair[0], damaged(delta, how), pair[1].length);
          },
        ),
        { numRuns: 25 },
      ));

    it('refuses every truncation', async () => {
      const reference = noise(3000);
      const target = Buffer.concat([reference.subarray(1000), noise(40, 3), reference.subarray(0, 900)]);
      const delta = await encode([reference, target]);
      for (let length = 0; length < delta.length; length += 1) {
        const result = await decodeHostile(codec, reference, delta.subarray(0, length), target.length);
        expect(result, `of ${delta.length} bytes the first ${length}`).to.equal(null);
      }
    });
  });
}
