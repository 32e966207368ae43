import { expect } from 'chai';
import fc from 'fast-check';
import { PatchError } from '../../src/errors.ts';
import { groupContents } from '../../src/patch/group-contents.ts';
import { collect } from '../contract/delta-codec.ts';
import { expectFailure } from './samples.ts';

async function* piecesOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield piece;
}

describe('the contents of a group (FORMAT §5.3)', () => {
  it('are those of its files, however the decoder cuts them', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }),
        fc.array(fc.nat(30), { maxLength: 12 }),
        async (pieces, wanted) => {
          const whole = Buffer.concat(pieces);
          const contents = groupContents(() => piecesOf(pieces));
          let at = 0;
          for (const size of wanted) {
            if (at + size > whole.length) break;
            expect(
              Buffer.compare(await collect(contents.take(size)), whole.subarray(at, at + size)),
            ).to.equal(0);
            at += size;
          }
        },
      ),
    ));

  for (const ahead of [true, false]) {
    it(`are made ${ahead ? 'one piece ahead of' : 'not before they are asked for by'} the reader`, async () => {
      const made: string[] = [];
      const contents = groupContents(async function* () {
        for (const text of ['one', 'two', 'six']) {
          made.push(text);
          yield Buffer.from(text);
        }
      }, ahead);
      const settled = async (): Promise<string> => {
        await new Promise(setImmediate);
        return made.join(' ');
      };
      contents.start();
      expect(await settled()).to.equal(ahead ? 'one' : '');
      expect(String(await collect(contents.take(3)))).to.equal('one');
      expect(await settled()).to.equal(ahead ? 'one two' : 'one');
      expect(String(await collect(contents.take(6)))).to.equal('twosix');
    });
  }

  it('come in the order in which they were taken, whoever reads first', async () => {
    const contents = groupContents(() => piecesOf([Buffer.from('onetwo'), Buffer.from('three')]));
    const taken = [contents.take(3), contents.take(3), contents.take(5)].map(
      (pieces) => () => collect(pieces),
    );
    const found = taken.toReversed().map((read) => read());
    expect((await Promise.all(found)).map(String)).to.deep.equal(['three', 'two', 'one']);
  });

  it('may be read late, and are decoded no further than that', async () => {
    let given = 0;
    const contents = groupContents(async function* () {
      for (; given < 100; given++) yield Buffer.alloc(10, given);
    });
    const [first, second] = [contents.take(10), contents.take(10)];
    contents.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(given).to.be.below(3);
    expect((await collect(first))[0]).to.equal(0);
    expect((await collect(second))[0]).to.equal(1);
    expect(given).to.be.below(5);
  });

  it('say whether someone has yet to read', async () => {
    const contents = groupContents(() => piecesOf([Buffer.from('abc')]));
    expect(contents.free).to.equal(true);
    const [a, b] = [contents.take(1), contents.take(1)];
    expect(contents.free).to.equal(false);
    await collect(a);
    expect(contents.free).to.equal(false);
    await collect(b);
    expect(contents.free).to.equal(true);
  });

  it('are decoded once, and not before someone asks', async () => {
    let decoded = 0;
    const contents = groupContents(() => {
      decoded++;
      return piecesOf([Buffer.from('ab')]);
    });
    const [a, b] = [contents.take(1), contents.take(1)];
    expect(decoded).to.equal(0);
    contents.start();
    contents.start();
    expect(String(await collect(a)) + String(await collect(b))).to.equal('ab');
    expect(decoded).to.equal(1);
  });

  it('that are too few are refused', async () => {
    const contents = groupContents(() => piecesOf([Buffer.from('ab')]));
    await collect(contents.take(1));
    await expectFailure('E_FORMAT', /less content/, () => collect(contents.take(2)));
    await expectFailure('E_FORMAT', /less content/, () => collect(contents.take(1)));
  });

  it('that cannot be decoded fail for each file, and only where they are read', async () => {
    const contents = groupContents(async function* () {
      yield Buffer.from('a');
      throw new PatchError('E_FORMAT', 'a delta is damaged');
    });
    contents.start();
    expect(String(await collect(contents.take(1)))).to.equal('a');
    await new Promise((resolve) => setTimeout(resolve, 5)); // an unhandled rejection would end the process here
    await expectFailure('E_FORMAT', /damaged/, () => collect(contents.take(1)));
    await expectFailure('E_FORMAT', /damaged/, () => collect(contents.take(1)));
  });
});
