import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { inOrder } from '../../src/exec/in-order.ts';

interface Count {
  running: number;
  most: number;
  started: number;
}

/** Jobs of which each later one is faster. */
async function* jobs(total: number, count: Count, failing = -1): AsyncGenerator<() => Promise<number>> {
  for (let i = 0; i < total; i += 1) {
    yield async () => {
      count.started += 1;
      count.running += 1;
      count.most = Math.max(count.most, count.running);
      await delay(total - i);
      count.running -= 1;
      if (i === failing) throw new Error('failed');
      return i;
    };
  }
}

const zero = (): Count => ({ running: 0, most: 0, started: 0 });

describe('inOrder()', () => {
  it('gives results in the order of the jobs, and runs no more than it may at once', async () => {
    for (const width of [1, 3, 100]) {
      const count = zero();
      const results: number[] = [];
      for await (const result of inOrder(jobs(12, count), width)) results.push(result);
      expect(results).to.deep.equal([...Array(12).keys()]);
      expect(count.most).to.equal(Math.min(width, 12));
    }
  });

  it('rejects as the first failing job does, after the running ones have ended', async () => {
    const count = zero();
    const results: number[] = [];
    let error: unknown;
    try {
      for await (const result of inOrder(jobs(20, count, 4), 3)) results.push(result);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).to.include({ message: 'failed' });
    expect(results).to.deep.equal([0, 1, 2, 3]);
    expect(count.running).to.equal(0);
    expect(count.started).to.be.below(8);
  });

  it('starts no more when the caller stops', async () => {
    const count = zero();
    for await (const result of inOrder(jobs(20, count), 3)) {
      if (result === 1) break;
    }
    expect(count.running).to.equal(0);
    expect(count.started).to.be.below(6);
  });
});
