/**
 * The kernels of src/delta/cover/assembly against their references in plain TypeScript: equal streams, byte for byte, and equal
 * content from them.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../src/bytes.ts';
import { type Profile, profile } from '../../src/delta/cover/block-format.ts';
import { coverHeap, differenceHeap, literalHeap } from '../../src/delta/cover/decode-block.ts';
import { kernels } from '../../src/delta/cover/kernels.ts';
import { layOut, sizeOfTails } from '../../src/delta/cover/lay-out.ts';
import { levelOf } from '../../src/delta/cover/levels.ts';
import { lessons } from '../../src/delta/cover/limits.ts';
import { matchBlock } from '../../src/delta/cover/match-block.ts';
import { recordSize, recordsOf } from '../../src/delta/cover/records.ts';
import * as covers from '../../src/delta/cover/reference/covers.ts';
import { codeDifferences } from '../../src/delta/cover/reference/differences.ts';
import { codeLiterals } from '../../src/delta/cover/reference/literals.ts';
import { matchApproximate } from '../../src/delta/cover/reference/match-approximate.ts';
import { type ExactJob, matchExact } from '../../src/delta/cover/reference/match-exact.ts';
import { noise, shuffled } from '../contract/delta-codec.ts';
import { covered } from './covered.ts';

interface Case {
  readonly reference: Uint8Array;
  readonly target: Uint8Array;
  /** Records. */
  readonly bytes: Uint8Array;
}

const hex = (bytes: Uint8Array | null): string => (bytes ? Buffer.from(bytes).toString('hex') : 'refused');

function sameCovers(
  { reference, target, bytes }: Case,
  streams: (stream: Uint8Array) => Iterable<Uint8Array>,
): void {
  const records = recordsOf(bytes);
  const { call, reset, allocate, put, view } = kernels();
  reset();
  const [at, room] = [put(bytes), bytes.length * 2 + 1024];
  const coded = allocate(room);
  const length = call.writeCovers(at, records.count, coded, coded + room, allocate(coverHeap));
  const stream = view(coded, length).slice();
  expect(hex(covers.writeCovers(records)), 'written').to.equal(hex(stream));
  expect(hex(covers.readCovers(stream, records.count, target.length, reference.length))).to.equal(hex(bytes));
  for (const one of [stream, ...streams(stream)]) {
    reset();
    const from = put(one);
    const made = allocate(bytes.length);
    const arguments_ = [
      made,
      records.count,
      target.length,
      reference.length,
      from,
      from + one.length,
    ] as const;
    const good = call.readCovers(...arguments_, allocate(coverHeap)) === 1;
    const found = good ? view(made, records.count * recordSize).slice() : null;
    const expected = covers.readCovers(one, records.count, target.length, reference.length);
    expect(hex(found), 'read').to.equal(hex(expected));
  }
}

/** The block as it is before differences and literals, and the tails. */
function laidOut({ reference, target, bytes }: Case): { old: Uint8Array; tails: Uint8Array } {
  const records = recordsOf(bytes);
  const old = new Uint8Array(target.length);
  const tails = new Uint8Array(sizeOfTails(records, target.length, reference.length, 256));
  layOut(records, target.length, reference.length, 256, tails, (source, place, length, tailAt, tail) => {
    old.set(reference.subarray(source, source + length), place);
    tails.set(reference.subarray(source + length, source + length + tail), tailAt);
  });
  return { old, tails };
}

/** Gives the block with its differences. */
function sameDifferences(given: Case, bits: number): Uint8Array {
  const { reference, target, bytes } = given;
  const { old } = laidOut(given);
  const records = recordsOf(bytes);
  const { call, reset, allocate, put, view } = kernels();
  const run = (
    wanted: Uint8Array | null,
    stream: Uint8Array | null,
  ): { block: Uint8Array; stream: Uint8Array } => {
    reset();
    const [block, to, list] = [put(old), wanted ? put(wanted) : 0, put(bytes)];
    const room = stream?.length ?? target.length * 2 + 1024;
    const coded = stream ? put(stream) : allocate(room);
    const heap = allocate(differenceHeap(bits));
    const result = call.codeDifferences(
      block,
      to,
      list,
      records.count,
      reference.length,
      coded,
      coded + room,
      heap,
      bits,
    );
    expect(result, 'of the kernel').to.be.above(0);
    return { block: view(block, old.length).slice(), stream: view(coded, stream ? room : result).slice() };
  };
  const written = run(target, null);
  const mine = Uint8Array.from(old);
  const stream = codeDifferences(mine, target, records, reference.length, null, bits);
  expect(hex(stream), 'written').to.equal(hex(written.stream));
  const read = Uint8Array.from(old);
  expect(codeDifferences(read, null, records, reference.length, written.stream, bits), 'read').to.not.equal(
    null,
  );
  expect(Buffer.compare(read, run(null, written.stream).block)).to.equal(0);
  expect(Buffer.compare(read, written.block)).to.equal(0);
  return read;
}

function sameLiterals(given: Case, kind: Profile, lesson: number, bits: number): void {
  const { reference, target, bytes } = given;
  const { tails } = laidOut(given);
  // What a reader has before: covers from the reference with their differences.
  const records = recordsOf(bytes);
  const holes = Uint8Array.from(target);
  let place = 0;
  for (let i = 0; i < records.count; i++) {
    holes.fill(0, place, records.place(i));
    place = records.place(i) + records.length(i);
    if (records.source(i) >= reference.length) holes.fill(0, records.place(i), place);
  }
  holes.fill(0, place);
  const { call, reset, allocate, put, view } = kernels();
  const run = (start: Uint8Array, stream: Uint8Array | null): { block: Uint8Array; stream: Uint8Array } => {
    reset();
    const [block, list, behind] = [put(start), put(bytes), put(tails)];
    const room = stream?.length ?? target.length * 2 + 1024;
    const coded = stream ? put(stream) : allocate(room);
    const heap = allocate(literalHeap(bits));
    const [size, write, count] = [target.length, stream ? 0 : 1, records.count];
    const end = coded + room;
    const head = [block, size, write, list, count, reference.length, behind, kind, lesson, lessons] as const;
    const result = call.codeLiterals(...head, coded, end, heap, bits);
    expect(result, 'of the kernel').to.be.above(0);
    return { block: view(block, size).slice(), stream: view(coded, stream ? room : result).slice() };
  };
  const written = run(target, null).stream;
  const job = { records, reference: reference.length, tails, profile: kind, lesson, lessons, bits };
  expect(hex(codeLiterals({ ...job, block: Uint8Array.from(target) }, null)), 'written').to.equal(
    hex(written),
  );
  const read = Uint8Array.from(holes);
  expect(codeLiterals({ ...job, block: read }, written), 'read').to.not.equal(null);
  expect(Buffer.compare(read, target)).to.equal(0);
  expect(Buffer.compare(run(holes, written).block, target)).to.equal(0);
}

/** Covers of the kernel that differ a little; all of them make sense. Gives how many there are. */
function sameApproximate(reference: Uint8Array, target: Uint8Array, bits: number, step: number): number {
  const { call, reset, allocate, put, view } = kernels();
  reset();
  const [old, heads] = [put(reference), allocate(4 << bits)];
  call.indexSeeds(old, reference.length, heads, bits, step);
  const now = put(target);
  const records = allocate((Math.floor(target.length / 16) + 2) * recordSize);
  const count = call.matchApproximate(old, reference.length, now, target.length, heads, bits, records);
  const found = view(records, count * recordSize).slice();
  expect(hex(found)).to.equal(hex(matchApproximate(reference, target, bits, step)));
  assertApart(found, reference.length, target.length);
  return count;
}

/** The same of covers that are equal to their sources. */
function sameExact(job: ExactJob): number {
  const { reference, target, bits, depth, literal } = job;
  const { call, reset, allocate, view } = kernels();
  reset();
  const [size, total] = [reference.length, reference.length + target.length];
  const bytes = allocate(total);
  view(bytes, size).set(reference);
  view(bytes + size, target.length).set(target);
  const [heads, links] = [allocate(4 << bits), allocate(4 * total)];
  call.chainSeeds(bytes, size, heads, links, bits);
  const seeds = hex(view(heads, 4 << bits));
  const records = allocate((Math.floor(target.length / 4) + 2) * recordSize);
  const count = call.matchExact(bytes, size, total, heads, links, bits, depth, literal, records);
  call.forget(bytes, size, total, heads, links, bits);
  expect(hex(view(heads, 4 << bits)), 'only the seeds of the reference stay').to.equal(seeds);
  const found = view(records, count * recordSize).slice();
  expect(hex(found)).to.equal(hex(matchExact(job)));
  assertApart(found, size, target.length);
  const all = Buffer.concat([reference, target]);
  const list = recordsOf(found);
  for (let i = 0; i < count; i++) {
    const [source, place, length] = [list.source(i), list.place(i), list.length(i)];
    const same = all.subarray(source, source + length).equals(target.subarray(place, place + length));
    expect(same, `cover ${i} is equal`).to.equal(true);
  }
  return count;
}

/** In order, none over another, none empty; sources are in the reference, or before their places. */
function assertApart(found: Uint8Array, reference: number, size: number): void {
  const records = recordsOf(found);
  let end = 0;
  for (let i = 0; i < records.count; i++) {
    const [source, place, length] = [records.source(i), records.place(i), records.length(i)];
    const last = source < reference ? reference : reference + place;
    expect(length > 0 && place >= end && source + length <= last, `cover ${i}`).to.equal(true);
    end = place + length;
  }
  expect(end).to.be.at.most(size);
}

/** Pairs of which somebody who matches may stumble over one. */
function matchable(): Record<string, readonly [reference: Uint8Array, target: Uint8Array]> {
  const [a, b] = [noise(6000, 1), noise(6000, 2)];
  const period = (length: number, pattern: string): Buffer => Buffer.alloc(length, pattern);
  const sprinkled = (every: number): Uint8Array =>
    a.map((byte, at) => (at % every === every - 1 ? byte ^ 0x40 : byte));
  const cut = (from: number, to?: number): Uint8Array => a.subarray(from, to);
  return {
    'nothing and nothing': [new Uint8Array(), new Uint8Array()],
    'nothing and something': [new Uint8Array(), a],
    'something and nothing': [a, new Uint8Array()],
    'equal ones': [a, a],
    others: [a, b],
    'zeros, longer': [new Uint8Array(3000), new Uint8Array(9000)],
    'zeros, shorter': [new Uint8Array(9000), new Uint8Array(3001)],
    'zeros out of nothing': [new Uint8Array(), new Uint8Array(5000)],
    'zeros between': [a, Buffer.concat([cut(0, 2000), new Uint8Array(1000), cut(2000)])],
    'a period, shifted': [period(4000, 'abcdefg'), period(3990, 'cdefgab')],
    'another period': [period(900, 'abc'), period(900, 'abcd')],
    'a long period out of nothing': [
      new Uint8Array(),
      period(9000, Buffer.from(cut(0, 700)).toString('hex')),
    ],
    'shuffled blocks': [a, shuffled(a, 500)],
    'shuffled small blocks': [a, shuffled(a, 40)],
    'shuffled blocks of text': [
      Buffer.from(Buffer.from(a).toString('hex')),
      shuffled(Buffer.from(Buffer.from(a).toString('hex')), 64),
    ],
    'an insertion': [a, Buffer.concat([cut(0, 3000), b.subarray(0, 50), cut(3000)])],
    'one byte in': [a, Buffer.concat([cut(0, 3000), b.subarray(0, 1), cut(3000)])],
    'a cut': [a, Buffer.concat([cut(0, 1000), cut(4000)])],
    'itself twice': [a, Buffer.concat([a, a])],
    'itself within': [b.subarray(0, 100), Buffer.concat([a, a])],
    'a byte in 20 is another': [a, sprinkled(20)],
    'a byte in 9 is another': [a, sprinkled(9)],
    'a byte in 2 is another': [a, sprinkled(2)],
    'two sources that overlap': [
      Buffer.concat([cut(0, 3000), b, cut(2500)]),
      Buffer.concat([sprinkled(30).subarray(0, 2800), sprinkled(17).subarray(2800)]),
    ],
    'the end of one at the start of the other': [a, Buffer.concat([cut(5000), cut(0, 1000)])],
    'seven bytes of 15': [cut(0, 15), Buffer.concat([cut(0, 7), b.subarray(0, 9)])],
    ...Object.fromEntries(
      [3, 4, 11, 12, 13, 15, 16, 17, 24].map((length) => [
        `${length} bytes`,
        [cut(0, length), cut(0, length)] as const,
      ]),
    ),
  };
}

/** Pieces of one sequence and new bytes, with few symbols or many. */
const spliced = fc
  .record({
    symbols: fc.constantFrom(1, 3, 255),
    seed: fc.integer(),
    pieces: fc.array(
      fc.record({ at: fc.nat(2999), length: fc.nat(400), fresh: fc.nat(20), change: fc.nat(400) }),
      { maxLength: 12 },
    ),
  })
  .map(({ symbols, seed, pieces }): readonly [Uint8Array, Uint8Array] => {
    const reference = noise(3000, seed).map((byte) => byte & symbols);
    const parts = pieces.flatMap(({ at, length, fresh, change }, index) => {
      const piece = Uint8Array.from(reference.subarray(at, at + length));
      if (change < piece.length) piece[change] = (piece[change] ?? 0) ^ 1;
      return [piece, noise(fresh, seed + index).map((byte) => byte & symbols)];
    });
    return [reference, Buffer.concat(parts)];
  });

/** Two versions of a program, of text, and of covers of them in each profile. */
function realistic(): Record<string, readonly [Case, Profile]> {
  const folder = join(import.meta.dirname, '..', '..', 'node_modules');
  const program = (version: string): Buffer =>
    readFileSync(join(folder, `7zip-${version}`, 'win', 'x64', '7za.exe')).subarray(300_000, 330_000);
  const source = (version: string): Buffer =>
    Buffer.concat(
      ['addDays', 'parseISO', 'format'].map((name) =>
        readFileSync(join(folder, `date-fns-${version}`, 'esm', name, 'index.js')),
      ),
    );
  const matched = (reference: Uint8Array, target: Uint8Array, kind: Profile): readonly [Case, Profile] => {
    const window = {
      key: `${kind} ${digestOf(reference)}`,
      bytes: reference,
      ranges: [{ start: 0, at: 0, size: reference.length }],
      reference: reference.length,
    };
    const bytes = matchBlock(target, window, kind, levelOf('default'), kind === profile.text ? 8 : 0);
    return [{ reference, target, bytes: Uint8Array.from(bytes) }, kind];
  };
  const [a, b] = [program('5.1.1'), program('5.2.0')];
  const [x, y] = [source('2.29.3'), source('2.30.0')];
  return {
    'a program': matched(a, b, profile.binary),
    'a program that is new': matched(new Uint8Array(), b.subarray(0, 8000), profile.binary),
    'a program as text': matched(a, b, profile.text),
    text: matched(x, y, profile.text),
    'text that is new': matched(x.subarray(0, 2000), y, profile.text),
    'a program in detail': matched(a, b, profile.detailed),
    'text as a program': matched(x, y, profile.binary),
  };
}

/** Streams that are not quite right. */
function* bent(stream: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < stream.length; at += Math.max(1, stream.length >> 3)) {
    const bad = Uint8Array.from(stream);
    bad[at] = (bad[at] ?? 0) ^ 0x11;
    yield bad;
    yield stream.subarray(0, at);
  }
  yield Buffer.concat([stream, Buffer.alloc(1)]);
}

describe('kernels are as their references say (FORMAT §6.4)', function () {
  this.timeout(300_000);
  const levels = fc.integer({ min: 10, max: 13 });

  it('covers: any', () => {
    fc.assert(
      fc.property(covered, (given) => {
        sameCovers(given, bent);
      }),
      { numRuns: 40 },
    );
  });

  it('differences: any', () => {
    fc.assert(
      fc.property(covered, levels, (given, bits) => void sameDifferences(given, bits)),
      { numRuns: 40 },
    );
  });

  it('literals: any', () => {
    const kinds = fc.constantFrom(profile.text, profile.binary, profile.detailed);
    const shown = fc.constantFrom(0, 41, 512);
    fc.assert(
      fc.property(covered, kinds, shown, levels, (given, kind, lesson, bits) => {
        sameLiterals(given, kind, lesson, bits);
      }),
      { numRuns: 40 },
    );
  });

  for (const [title, [reference, target]] of Object.entries(matchable())) {
    it(`matching: ${title}`, () => {
      for (const bits of [7, 14]) {
        for (const step of [1, 4, 8]) sameApproximate(reference, target, bits, step);
        for (const [depth, literal] of [
          [1, 16],
          [8, 4],
          [64, 8],
          [32, 1],
        ] as const) {
          sameExact({ reference, target, bits, depth, literal });
        }
      }
    });
  }

  it('matching: any', () => {
    const settings = fc.record({
      bits: fc.integer({ min: 4, max: 16 }),
      step: fc.integer({ min: 1, max: 16 }),
      depth: fc.integer({ min: 1, max: 64 }),
      literal: fc.integer({ min: 1, max: 24 }),
    });
    let found = 0;
    fc.assert(
      fc.property(spliced, settings, ([reference, target], { bits, step, depth, literal }) => {
        found += sameApproximate(reference, target, bits, step);
        found += sameExact({ reference, target, bits, depth, literal });
      }),
      { numRuns: 200 },
    );
    expect(found, 'covers').to.be.above(200);
  });

  it('matching: what is longer than a kernel goes at a time', () => {
    const long = noise(140_000, 3);
    const changed = long.map((byte, at) => (at % 1000 === 0 ? byte ^ 1 : byte));
    const again = Buffer.concat([
      noise(500, 7),
      changed.subarray(0, 5000),
      shuffled(changed.subarray(0, 5000), 300),
    ]);
    const zeros = Buffer.concat([long.subarray(0, 50_000), new Uint8Array(70_000), long.subarray(120_000)]);
    expect(sameApproximate(long, changed, 16, 4)).to.be.above(0);
    expect(sameApproximate(long, zeros, 16, 4)).to.be.above(0);
    const settings = { bits: 16, depth: 4, literal: 8 };
    expect(sameExact({ reference: long, target: changed, ...settings })).to.be.above(100);
    expect(sameExact({ reference: long, target: zeros, ...settings })).to.be.above(1);
    expect(sameExact({ reference: long, target: again, ...settings })).to.be.above(20);
    // A source that is long enough ends the search for better ones.
    const twice = Buffer.concat([noise(100, 4), zeros.subarray(0, 120_000), long.subarray(0, 70_000)]);
    expect(sameExact({ reference: Buffer.concat([long, zeros]), target: twice, ...settings })).to.be.above(1);
  });

  it('matching: covers are the same whatever was matched in a window before', () => {
    const bytes = Buffer.from(Buffer.from(noise(6000, 5)).toString('hex'));
    const ranges = [{ start: 0, at: 0, size: bytes.length }];
    const coversOf = (target: Uint8Array, key: string): string =>
      hex(
        matchBlock(
          target,
          { key, bytes, ranges, reference: bytes.length },
          profile.text,
          levelOf('default'),
          8,
        ),
      );
    const added = Buffer.from(Buffer.from(noise(2000, 6)).toString('hex'));
    const targets = [
      Buffer.concat([bytes.subarray(0, 4000), added, bytes.subarray(4000, 9000)]),
      Buffer.concat([bytes.subarray(1000, 9000), shuffled(added, 100), bytes.subarray(0, 1000)]),
    ];
    for (const target of [...targets, ...targets])
      expect(coversOf(target, 'a window of many blocks')).to.equal(coversOf(target, ''));
  });

  for (const [title, [given, kind]] of Object.entries(realistic())) {
    it(`matching: ${title}`, () => {
      const { reference, target } = given;
      sameApproximate(reference, target, 12, levelOf('default').seedStep);
      sameExact({ reference, target, bits: 13, depth: 32, literal: 8 });
    });

    it(title, () => {
      expect(recordsOf(given.bytes).count, 'covers').to.be.above(
        title.includes('program that is new') ? -1 : 3,
      );
      sameCovers(given, bent);
      sameDifferences(given, 14);
      for (const lesson of [0, 512, 65_536]) sameLiterals(given, kind, lesson, 16);
    });
  }
});
