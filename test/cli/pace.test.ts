import { expect } from 'chai';
import { type Pace, createPace } from '../../src/cli/pace.ts';

/** Feeds a pace at each step of a fake clock, and gives what it said at each. */
function follow(
  pace: Pace,
  total: number,
  doneAt: (ms: number) => number,
  end: number,
  step = 100,
): (number | null)[] {
  const said: (number | null)[] = [];
  for (let now = step; now <= end; now += step) {
    pace.update(doneAt(now), now);
    said.push(pace.remaining(total, now));
  }
  return said;
}

/** The largest difference between what was said and what would follow from the time before. */
function largestJump(said: readonly (number | null)[], step = 0.1): number {
  let largest = 0;
  said.forEach((value, at) => {
    const before = said[at - 1];
    if (typeof value === 'number' && typeof before === 'number')
      largest = Math.max(largest, Math.abs(value - Math.max(0, before - step)));
  });
  return largest;
}

describe('cli/pace', () => {
  it('is right where work goes on evenly', () => {
    const pace = createPace(0);
    const said = follow(pace, 20_000, (ms) => ms, 20_000);
    expect(said[0]).to.equal(null);
    said.slice(20).forEach((value, at) => expect(value).to.be.closeTo(20 - (at + 21) / 10, 0.1));
    expect(pace.rate(20_000)).to.be.closeTo(1000, 1);
    expect(said.at(-1)).to.equal(0);
  });

  it('says nothing before there is something to tell', () => {
    const pace = createPace(0);
    pace.update(100, 10);
    expect([pace.rate(10), pace.remaining(1000, 10)]).to.deep.equal([null, null]);
    const little = createPace(0);
    little.update(297, 3000);
    expect(little.remaining(3_112_745, 3000)).to.equal(null);
    const idle = createPace(0);
    idle.update(0, 5000);
    expect(idle.remaining(1000, 5000)).to.equal(null);
  });

  it('does not jump where work comes in lumps', () => {
    // Every two seconds a piece of 2 MB, of 60 MB.
    const said = follow(createPace(0), 60e6, (ms) => Math.floor(ms / 2000) * 2e6, 58_000);
    const settled = said.slice(100);
    expect(largestJump(settled)).to.be.below(0.5);
    // What is told is up to one piece behind.
    said.slice(200).forEach((value, at) => expect(value).to.be.closeTo(60 - (at + 201) / 10, 8));
  });

  it('follows a change of speed without a jump', () => {
    // A fast start, as of files that are small; then a tenth of it.
    const doneAt = (ms: number): number => (ms < 10_000 ? ms * 10 : 100_000 + (ms - 10_000));
    const said = follow(createPace(0), 200_000, doneAt, 109_000);
    expect(largestJump(said.slice(20))).to.be.below(1);
    expect(said.at(-1)).to.be.closeTo(1, 1.5);
    expect(said[699]).to.be.closeTo(40, 12);
  });

  it('tells the rate of the last seconds, and that nothing goes on', () => {
    const pace = createPace(0);
    follow(pace, 1e6, (ms) => ms, 60_000);
    const before = pace.rate(60_000) ?? 0;
    expect(before).to.be.closeTo(1000, 1);
    expect(pace.rate(75_000)).to.be.below(before / 50);
    // Done never goes back, whatever is told.
    pace.update(10, 75_100);
    expect(pace.rate(75_100)).to.be.at.least(0);
  });
});
