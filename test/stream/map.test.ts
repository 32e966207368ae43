import { expect } from 'chai';
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapOrdered } from '../../src/stream/map.ts';
import { runs } from '../fixtures/patching.ts';

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('mapOrdered', () => {
  it('gives results in the order of the items, whichever is done first', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 20 }),
        fc.integer({ min: 1, max: 6 }),
        async (delays, width) => {
          const work = async (item: [number, number]): Promise<number> => {
            for (let n = 0; n < item[1]; n++) await new Promise(setImmediate);
            return item[0];
          };
          const items = delays.map((delay, at): [number, number] => [at, delay]);
          expect(await collect(mapOrdered(items, width, work))).to.deep.equal(items.map(([at]) => at));
        },
      ),
      runs(60),
    ));

  for (const width of [1, 2, 5]) {
    it(`works on ${width} at once, not more, and not fewer`, async () => {
      let [running, most] = [0, 0];
      const work = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await sleep(1);
        running--;
      };
      await collect(mapOrdered(Array.from({ length: 20 }), width, work));
      expect(most).to.equal(width);
    });
  }

  it('takes no more items than it has room for while nobody asks for results', async () => {
    let taken = 0;
    const items = (function* () {
      for (;;) yield taken++;
    })();
    const results = mapOrdered(items, 3, async (item) => item);
    await results.next();
    await sleep(10);
    expect(taken).to.be.at.most(4);
    await results.return();
  });

  it('throws the first error in order, and leaves no rejection behind', async () => {
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const seen: number[] = [];
      const work = async (item: number): Promise<number> => {
        if (item === 3) await sleep(20);
        if (item >= 3) throw new Error(`item ${item}`);
        return item;
      };
      let message = '';
      try {
        for await (const one of mapOrdered([0, 1, 2, 3, 4, 5, 6], 4, work)) seen.push(one);
      } catch (error) {
        message = error instanceof Error ? error.message : '';
      }
      expect(message).to.equal('item 3');
      expect(seen).to.deep.equal([0, 1, 2]);
      await sleep(30);
      expect(unhandled).to.deep.equal([]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('waits for what is running when the consumer goes away, and closes the items', async () => {
    let [running, closed] = [0, false];
    const items = (function* () {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        closed = true;
      }
    })();
    const work = async (item: number): Promise<number> => {
      running++;
      await sleep(10);
      running--;
      return item;
    };
    for await (const one of mapOrdered(items, 4, work)) if (one === 2) break;
    expect(running).to.equal(0);
    expect(closed).to.equal(true);
  });

  it('passes on an error of the items', async () => {
    const items = (async function* () {
      yield 1;
      throw new Error('no more');
    })();
    let message = '';
    await collect(mapOrdered(items, 4, async (item) => item)).catch(
      (error: unknown) => (message = String(error)),
    );
    expect(message).to.equal('Error: no more');
  });
});
