import { expect } from 'chai';
import fc from 'fast-check';
import { align } from '../../../src/registry/merge/align.ts';
import { mergeLists } from '../../../src/registry/merge/lists.ts';

const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 8 });
const split = (text: string): string[] => Array.from(text);
const count = (in_: readonly string[], element: string): number =>
  in_.filter((one) => one === element).length;

describe('mergeLists', () => {
  const cases: [what: string, base: string, theirs: string, ours: string, merged: string][] = [
    ['both add in one place: theirs, then ours', 'ab', 'axb', 'ayb', 'axyb'],
    ['both append', 'a', 'ax', 'ay', 'axy'],
    ['each adds near its neighbour', 'abc', 'xabc', 'abyc', 'xabyc'],
    ['both add the same: once', 'ab', 'abx', 'xab', 'xab'],
    ['one removes, the other adds', 'abc', 'ac', 'abxc', 'axc'],
    ['both remove the same', 'abc', 'ac', 'ac', 'ac'],
    ['both remove, each something else', 'abc', 'bc', 'ab', 'b'],
    ['one moves, the other adds', 'abc', 'bca', 'abcx', 'bcax'],
    ['one removes what the other moves', 'abc', 'bc', 'bca', 'bc'],
    ['both move the same element, elsewhere', 'abcd', 'bacd', 'bcda', 'bacd'],
    ['no base: theirs, then what ours has more', '', 'ab', 'bc', 'abc'],
    ['removes all', 'ab', '', 'ab', ''],
    ['both add the same in two places', 'a', 'cac', 'cacd', 'cacd'],
    ['one moves, the other adds the same', 'xab', 'abx', 'xabx', 'abxx'],
    ['twice the same stays twice', 'a', 'aa', 'a', 'aa'],
  ];
  for (const [what, base, theirs, ours, merged] of cases) {
    it(what, () => {
      expect(mergeLists(split(base), split(theirs), split(ours))?.join('')).to.equal(merged);
    });
  }

  it('law: a side that changed nothing has no say', () => {
    fc.assert(
      fc.property(list, list, (base, changed) => {
        expect(mergeLists(base, base, changed)).to.deep.equal(changed);
        expect(mergeLists(base, changed, base)).to.deep.equal(changed);
        expect(mergeLists(base, changed, changed)).to.deep.equal(changed);
      }),
    );
  });

  it('law: nothing is missing that nobody removed, and nothing is there that nobody had', () => {
    fc.assert(
      fc.property(list, list, list, (base, theirs, ours) => {
        const merged = mergeLists(base, theirs, ours) ?? [];
        for (const element of 'abcdef') {
          const [was, their, our] = [count(base, element), count(theirs, element), count(ours, element)];
          const removed = Math.max(0, was - their);
          const removedToo = Math.max(0, was - our);
          expect(count(merged, element)).to.be.at.least(our - removed);
          expect(count(merged, element)).to.be.at.least(their - removedToo);
          expect(count(merged, element)).to.be.at.most(their + our);
        }
      }),
    );
  });

  it('does not compare lists that are too long', () => {
    const long = Array.from({ length: 5000 }, (_, at) => String(at));
    expect(mergeLists(long, long.toReversed(), [...long, 'x'])).to.equal(null);
    const longer = Array.from({ length: 500_000 }, (_, at) => String(at));
    expect(mergeLists([], longer, ['x'])).to.have.length(500_001);
    expect(mergeLists(long, [...long, 'y'], ['x', ...long])).to.have.length(5002);
  });
});

describe('align', () => {
  it('law: what is aligned is equal and in order', () => {
    fc.assert(
      fc.property(list, list, (from, to) => {
        const found = align(from, to) ?? [];
        const places = found.filter((at) => at >= 0);
        expect(found).to.have.length(from.length);
        expect(places).to.deep.equal([...new Set(places)].sort((a, b) => a - b));
        found.forEach((at, index) => at >= 0 && expect(to[at]).to.equal(from[index]));
      }),
    );
  });
});
