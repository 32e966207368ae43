import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { type WeightedJob, longestFirst } from '../../src/exec/longest-first.ts';

interface Seen {
  readonly started: number[];
  running: number;
  most: number;
}

/** Jobs that take as long as they weigh. */
function jobs(weights: readonly number[], seen: Seen, failing = -1): WeightedJob<number>[] {
  return weights.map((weight, index) => ({
    weight,
    start: async () => {
      seen.started.push(index);
      seen.most = Math.max(seen.most, ++seen.running);
      await delay(weight);
      seen.running -= 1;
      if (index === failing) throw new Error(`job ${index} failed`);
      return index;
    },
  }));
}

const nothing = (): Seen => ({ started: [], running: 0, most: 0 });

describe('longestFirst()', () => {
  it('starts the job that weighs most, and gives results in the order of the jobs', async () => {
    const weights = [1, 5, 3, 5, 9, 2];
    for (const width of [1, 3, 100]) {
      const seen = nothing();
      const results: number[] = [];
      for await (const result of longestFirst(jobs(weights, seen), width, 6)) results.push(result);
      expect(results).to.deep.equal([0, 1, 2, 3, 4, 5]);
      // The first ones come before others are known.
      if (width === 1) expect(seen.started, 'equal ones in order').to.deep.equal([0, 4, 1, 3, 2, 5]);
      expect(seen.most).to.equal(Math.min(width, 6));
    }
  });

  it('holds no more than it may', async () => {
    for (const ahead of [1, 2, 4]) {
      const seen = nothing();
      let taken = 0;
      for await (const result of longestFirst(jobs([9, 8, 7, 6, 5, 4, 3, 2], seen), 2, ahead)) {
        expect(result).to.equal(taken);
        expect(seen.started.length - taken).to.be.at.most(ahead);
        taken += 1;
      }
      expect(taken).to.equal(8);
    }
  });

  it('gives nothing of nothing', async () => {
    for await (const result of longestFirst([], 2, 2)) expect.fail(`gave ${String(result)}`);
  });

  it('rejects as the job that failed did, after the running ones have ended', async () => {
    const seen = nothing();
    let error: unknown;
    try {
      for await (const result of longestFirst(jobs([30, 40, 1, 2, 3, 4], seen, 0), 2, 6))
        expect.fail(`gave ${result}`);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.include({ message: 'job 0 failed' });
    expect(seen.running).to.equal(0);
    expect(seen.started).to.deep.equal([0, 1]);
  });

  it('tells of a failure before the turn of the job, too', async () => {
    const seen = nothing();
    const results: number[] = [];
    let error: unknown;
    try {
      for await (const result of longestFirst(jobs([5, 1, 9], seen, 2), 1, 3)) results.push(result);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.include({ message: 'job 2 failed' });
    expect([results, seen.started]).to.deep.equal([[0], [0, 2]]);
  });

  it('starts no more when the caller stops', async () => {
    const seen = nothing();
    const many = Array.from({ length: 20 }, (_, index) => 20 - index);
    for await (const result of longestFirst(jobs(many, seen), 3, 5)) if (result === 1) break;
    expect(seen.running).to.equal(0);
    expect(seen.started.length).to.be.below(8);
  });
});
