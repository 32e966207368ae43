/** The pieces of the codec cover/1 (FORMAT §6.4), each for itself. */
import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Block,
  formatBlock,
  longestHeader,
  method,
  parseHeader,
} from '../../src/delta/cover/block-format.ts';
import { layOut, sizeOfTails, tailLength } from '../../src/delta/cover/lay-out.ts';
import { largestBlock, mostLines, tailHead } from '../../src/delta/cover/limits.ts';
import {
  applyDifferences,
  applyLiterals,
  readCovers,
  writeCovers,
  writeDifferences,
  writeLiterals,
} from '../../src/delta/cover/plain-streams.ts';
import { isText } from '../../src/delta/cover/profile.ts';
import { recordList, recordsOf } from '../../src/delta/cover/records.ts';
import { covered, oldBytes } from './covered.ts';
import { expectFailure } from '../patch/samples.ts';

const empty = new Uint8Array();
const nothing = { method: method.none, size: 0, bytes: empty } as const;

const block: Block = {
  ...{ size: 1000, covers: 3, profile: 0, tail: 256, lesson: 65_536 },
  coverStream: { method: method.model, size: 10, bytes: Buffer.from('covers') },
  differenceStream: { method: method.plain, size: 11, bytes: Buffer.from('differences') },
  literalStream: { method: method.brotli, size: 700, bytes: Buffer.from('literals') },
};

describe('the header of a block (FORMAT §6.4.1)', () => {
  it('comes back as it was written', () => {
    const data = formatBlock(block);
    const { head, streams, ...plan } = parseHeader(data.subarray(0, longestHeader), 1000);
    expect(plan).to.deep.equal({ size: 1000, covers: 3, profile: 0, tail: 256, lesson: 65_536 });
    expect(streams).to.deep.equal([
      { method: 1, size: 10, stored: 6 },
      { method: 2, size: 11, stored: 11 },
      { method: 3, size: 700, stored: 8 },
    ]);
    expect(data.subarray(head).toString()).to.equal('coversdifferencesliterals');
  });

  for (const [title, change, says] of [
    ['an empty block', { size: 0 }, /is empty/],
    ['a block that is larger than what is left', { size: 1001 }, /size of a block is 1001/],
    ['more covers than bytes', { covers: 1001 }, /number of covers/],
    ['an unknown profile', { profile: 3 }, /profile/],
    ['a long tail', { tail: 257 }, /tail/],
    ['a tail of a binary block', { profile: 1, tail: 1 }, /tail is 1, above 0/],
    ['a long lesson', { lesson: largestBlock + 1 }, /lesson/],
    ['an unknown method', { coverStream: { ...nothing, method: 4 } }, /method of covers/],
    ['a small model', { differenceStream: { method: 1, size: 9, bytes: empty } }, /too small/],
    [
      'a large model',
      { literalStream: { method: 1, size: mostLines + 1, bytes: empty } },
      /size of literals/,
    ],
    [
      'a stream that grows without end',
      { literalStream: { method: 3, size: 8065, bytes: empty } },
      /size of literals/,
    ],
    [
      'a stream that is longer than it may be',
      { coverStream: { method: 1, size: 10, bytes: new Uint8Array(6097) } },
      /length of covers/,
    ],
  ] as const) {
    it(`refuses ${title}`, () =>
      expectFailure('E_FORMAT', says, () =>
        parseHeader(formatBlock({ ...block, ...change } as Block), 1000),
      ));
  }

  it('refuses one that is cut off, and numbers that are too long or not in their shortest form', async () => {
    const data = formatBlock(block);
    const { head } = parseHeader(data, 1000);
    for (let length = 0; length < head; length++) {
      await expectFailure('E_FORMAT', /cut off/, () => parseHeader(data.subarray(0, length), 1000));
    }
    await expectFailure('E_FORMAT', /shortest/, () => parseHeader(Buffer.of(0x81, 0), 1000));
    await expectFailure('E_FORMAT', /too long|above/, () => parseHeader(Buffer.alloc(70, 0xff), 1000));
  });
});

describe('plain streams (FORMAT §6.4.8)', () => {
  it('give back covers, differences and literals', () => {
    fc.assert(
      fc.property(covered, (given) => {
        const { reference, records, target, bytes } = given;
        const covers = writeCovers(records);
        const found = readCovers(covers, records.count, target.length, reference.length);
        expect(Buffer.compare(found, bytes)).to.equal(0);
        const made = oldBytes(given);
        applyDifferences(
          writeDifferences(made, target, records, reference.length),
          made,
          records,
          reference.length,
        );
        applyLiterals(writeLiterals(target, records), made, records, reference.length);
        expect(Buffer.compare(made, target)).to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused where they were damaged, or stay inside of what there is', () => {
    fc.assert(
      fc.property(covered, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), (given, edits) => {
        const { reference, records, target } = given;
        const bend = (data: Uint8Array): Uint8Array => {
          const bad = Uint8Array.from(data);
          for (const [at, byte] of edits) if (bad.length > 0) bad[at % bad.length] = byte;
          return bad;
        };
        const made = oldBytes(given);
        for (const run of [
          () => {
            const found = recordsOf(
              readCovers(bend(writeCovers(records)), records.count, target.length, reference.length),
            );
            for (let i = 0, place = 0; i < found.count; i++) {
              expect(found.place(i)).to.be.at.least(place);
              place = found.place(i) + found.length(i);
              expect(found.length(i)).to.be.above(0);
              expect(place).to.be.at.most(target.length);
              const end = found.source(i) + found.length(i);
              if (found.source(i) < reference.length) expect(end).to.be.at.most(reference.length);
              else expect(end - reference.length).to.be.at.most(found.place(i));
            }
          },
          () =>
            applyDifferences(
              bend(writeDifferences(made, target, records, reference.length)),
              made,
              records,
              reference.length,
            ),
        ]) {
          try {
            run();
          } catch (error) {
            expect(error).to.include({ code: 'E_FORMAT' });
          }
        }
        expect(made.length).to.equal(target.length);
      }),
      { numRuns: 500 },
    );
  });

  it('refuse too few or too many', async () => {
    const list = recordList(1);
    list.add(0, 2, 3);
    const records = recordsOf(list.bytes());
    const code = 'E_FORMAT';
    await expectFailure(code, /not enough literals/, () =>
      applyLiterals(Buffer.alloc(3), new Uint8Array(9), records, 9),
    );
    await expectFailure(code, /too many literals/, () =>
      applyLiterals(Buffer.alloc(7), new Uint8Array(9), records, 9),
    );
    await expectFailure(code, /behind the last cover/, () => readCovers(Buffer.of(2, 0, 3, 0), 1, 9, 9));
    await expectFailure(code, /outside/, () => readCovers(Buffer.of(2, 0, 0), 1, 9, 9));
    await expectFailure(code, /outside/, () => readCovers(Buffer.of(2, 14, 3), 1, 9, 9));
    await expectFailure(code, /outside/, () => readCovers(Buffer.of(2, 1, 3), 1, 9, 9));
    await expectFailure(code, /cut off/, () => readCovers(Buffer.of(2, 0x80), 1, 9, 9));
    await expectFailure(code, /behind the last cover/, () =>
      applyDifferences(Buffer.of(1, 3, 7), new Uint8Array(9), records, 9),
    );
    await expectFailure(code, /more or fewer/, () =>
      applyDifferences(Buffer.of(1, 2, 7, 7), new Uint8Array(9), records, 9),
    );
  });
});

describe('how old bytes are laid out (FORMAT §6.4.2)', () => {
  it('has tails for holes only, inside of the reference, and all of them in their places', () => {
    fc.assert(
      fc.property(covered, fc.constantFrom(0, 5, 256), ({ reference, records, target }, most) => {
        const size = target.length;
        const tails = new Uint8Array(sizeOfTails(records, size, reference.length, most));
        const view = new DataView(tails.buffer);
        let [index, at] = [0, 0];
        layOut(records, size, reference.length, most, tails, (source, place, length, tailAt, tail) => {
          while (records.source(index) >= reference.length) index++;
          expect([source, place, length]).to.deep.equal([
            records.source(index),
            records.place(index),
            records.length(index),
          ]);
          expect(tailAt).to.equal(at + tailHead);
          expect(view.getUint32(at, true)).to.equal(tail);
          expect(tail).to.equal(tailLength(records, index, size, reference.length, most));
          expect(tail).to.be.at.most(most);
          expect(source + length + tail).to.be.at.most(reference.length);
          const next = index + 1 < records.count ? records.place(index + 1) : size;
          if (next === place + length) expect(tail).to.equal(0);
          at += tailHead + tail;
          index++;
        });
        expect(at).to.equal(tails.length);
      }),
    );
  });
});

describe('what is taken for text', () => {
  const text = Buffer.from('the quick brown fox, jumped over äöü\r\n'.repeat(10_000));
  for (const [title, bytes, expected] of [
    ['nothing', empty, true],
    ['text', text, true],
    ['text with an escape here and there', Buffer.from('a\u001b[0m'.repeat(100).padEnd(60_000, 'b')), true],
    ['one zero byte', Buffer.concat([text.subarray(0, 1000), Buffer.alloc(1)]), false],
    ['a zero byte in the middle of much', Buffer.concat([text, Buffer.alloc(70_000), text]), false],
    ['control characters', Buffer.alloc(1000, 1), false],
    ['what is no UTF-8', Buffer.alloc(1000, 0xff), false],
  ] as const) {
    it(`${title}: ${expected ? 'yes' : 'no'}`, () => {
      expect(isText(bytes)).to.equal(expected);
    });
  }
});
