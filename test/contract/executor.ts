/** The suite that every executor must pass: the comment in src/exec/executor.ts, sentence by sentence. */
import { expect } from 'chai';
import { type Executor, type Kernel } from '../../src/exec/executor.ts';
import { isPatchError } from '../../src/errors.ts';

const module = new URL('./executor-kernels.ts', import.meta.url).href;
const add: Kernel<{ a: number; b: number }, number> = { module, name: 'add' };
const reverse: Kernel<Uint8Array, Uint8Array> = { module, name: 'reverse' };
const refuse: Kernel<string, never> = { module, name: 'refuse' };
const crash: Kernel<string, never> = { module, name: 'crash' };
const large: Kernel<'whole' | 'part', Uint8Array> = { module, name: 'large' };
const sleep: Kernel<number, string> = { module, name: 'sleep' };

async function rejection(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('it did not reject with an error');
  return error;
}

/** `make` gives a fresh executor; the suite closes it. */
export function executorContract(name: string, make: () => Executor): void {
  describe(`${name} is an executor`, () => {
    const { signal } = new AbortController();
    let executor: Executor;
    beforeEach(() => {
      executor = make();
    });
    afterEach(() => executor.close());

    it('says how many jobs are worth having in flight', () => {
      expect(executor.concurrency).to.be.a('number').at.least(1);
    });

    it('gives the result of the kernel, whatever its job', async () => {
      expect(await executor.run(add, { a: 2, b: 3 }, { signal })).to.equal(5);
      expect([...(await executor.run(reverse, Uint8Array.of(1, 2, 3), { signal }))]).to.deep.equal([3, 2, 1]);
    });

    it('gives each of many jobs its own result', async () => {
      const jobs = Array.from({ length: 50 }, (_, a) => executor.run(add, { a, b: 1 }, { signal }));
      expect(await Promise.all(jobs)).to.deep.equal(jobs.map((_, a) => a + 1));
    });

    it('takes buffers that the caller gives away', async () => {
      const data = Uint8Array.of(1, 2, 3);
      const result = await executor.run(reverse, data, { signal, transfer: [data.buffer] });
      expect([...result]).to.deep.equal([3, 2, 1]);
    });

    it('gives large results, whoever keeps the memory around them', async () => {
      for (const which of ['whole', 'part', 'whole', 'part'] as const) {
        const result = await executor.run(large, which, { signal });
        expect(result.length, which).to.equal(which === 'whole' ? 3 << 20 : 2 << 20);
        expect(
          result.every((byte) => byte === 7),
          which,
        ).to.equal(true);
      }
    });

    it("rejects with the kernel's own PatchError, all its fields included", async () => {
      const error = await rejection(executor.run(refuse, 'a.dll', { signal }));
      if (!isPatchError(error)) throw error;
      expect(error).to.include({
        code: 'E_DIGEST',
        message: 'a.dll is damaged',
        entry: 'a.dll',
        help: 'get it again',
      });
      expect(error.details).to.deep.equal(['first', 'second']);
    });

    it("rejects with a message of the kernel's other errors", async () => {
      expect((await rejection(executor.run(crash, 'oh', { signal }))).message).to.equal('oh');
    });

    it('rejects with E_ENVIRONMENT when there is no such function', async () => {
      expect(await rejection(executor.run({ module, name: 'nobody' }, 0, { signal }))).to.include({
        code: 'E_ENVIRONMENT',
      });
    });

    it('rejects with E_CANCELLED after an abort, before and during a job, and lives on', async () => {
      const before = AbortSignal.abort();
      expect(await rejection(executor.run(add, { a: 1, b: 1 }, { signal: before }))).to.include({
        code: 'E_CANCELLED',
      });
      const during = new AbortController();
      const jobs = [1, 2, 3].map(() => rejection(executor.run(sleep, 20_000, { signal: during.signal })));
      const other = executor.run(add, { a: 1, b: 1 }, { signal });
      setTimeout(() => during.abort(), 50);
      for (const error of await Promise.all(jobs)) expect(error).to.include({ code: 'E_CANCELLED' });
      expect(await other).to.equal(2);
    });

    it('rejects after close', async () => {
      await executor.close();
      expect(await rejection(executor.run(add, { a: 1, b: 1 }, { signal }))).to.include({
        code: 'E_ENVIRONMENT',
      });
      await executor.close();
    });
  });
}
