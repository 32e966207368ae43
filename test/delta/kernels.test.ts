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

/** Two versions of a program, of text, and of both profiles' covers of them. */
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
    const kinds = fc.constantFrom(profile.text, profile.binary);
    const shown = fc.constantFrom(0, 41, 512);
    fc.assert(
      fc.property(covered, kinds, shown, levels, (given, kind, lesson, bits) => {
        sameLiterals(given, kind, lesson, bits);
      }),
      { numRuns: 40 },
    );
  });

  for (const [title, [given, kind]] of Object.entries(realistic())) {
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
