import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { isPatchError } from '../../src/errors.ts';
import { type Executor, type Kernel } from '../../src/exec/executor.ts';
import { inline } from '../../src/exec/inline.ts';
import { threads } from '../../src/exec/threads.ts';
import { executorContract } from '../contract/executor.ts';

executorContract('inline()', inline);
executorContract('threads() with one worker', () => threads({ concurrency: 1 }));
executorContract('threads() with three workers', () => threads({ concurrency: 3 }));

const module = new URL('../contract/executor-kernels.ts', import.meta.url).href;
const add: Kernel<{ a: number; b: number }, number> = { module, name: 'add' };
const die: Kernel<number, never> = { module, name: 'die' };
const spin: Kernel<number, string> = { module, name: 'spin' };

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (isPatchError(error) ? error.code : String(error)),
  );
}

describe('threads()', () => {
  const { signal } = new AbortController();
  let executor: Executor;
  afterEach(() => executor.close());

  it('rejects with E_ENVIRONMENT when a worker dies, and the jobs that wait run in a new one', async () => {
    executor = threads({ concurrency: 1 });
    const jobs = [executor.run(die, 3, { signal }), executor.run(die, 0, { signal })];
    const after = executor.run(add, { a: 1, b: 2 }, { signal });
    expect(await Promise.all(jobs.map(codeOf))).to.deep.equal(['E_ENVIRONMENT', 'E_ENVIRONMENT']);
    expect(await after).to.equal(3);
  });

  it('stops a synchronous kernel at an abort', async () => {
    executor = threads({ concurrency: 1 });
    await executor.run(add, { a: 1, b: 2 }, { signal });
    const started = Date.now();
    expect(await codeOf(executor.run(spin, 20_000, { signal: AbortSignal.timeout(50) }))).to.equal(
      'E_CANCELLED',
    );
    await executor.close();
    expect(Date.now() - started).to.be.below(5000);
  });

  it('rejects what runs and what waits when it is closed', async () => {
    executor = threads({ concurrency: 1 });
    const jobs = [1, 2].map(() => codeOf(executor.run(spin, 20_000, { signal })));
    setTimeout(() => void executor.close(), 100);
    expect(await Promise.all(jobs)).to.deep.equal(['E_ENVIRONMENT', 'E_ENVIRONMENT']);
  });

  it('refuses a senseless concurrency at construction', () => {
    executor = threads();
    for (const concurrency of [0, -1, 1.5, NaN]) {
      expect(() => threads({ concurrency }))
        .to.throw()
        .with.property('code', 'E_USAGE');
    }
  });

  it('does not keep the process alive', () => {
    const script = `
      import { threads } from ${JSON.stringify(new URL('../../src/exec/threads.ts', import.meta.url).href)};
      const { signal } = new AbortController();
      const add = { module: ${JSON.stringify(module)}, name: 'add' };
      process.stdout.write(String(await threads().run(add, { a: 1, b: 2 }, { signal })));`;
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const options = ['--import', 'tsx', '--input-type=module', '-e', script];
    executor = threads();
    expect(execFileSync(process.execPath, options, { cwd, timeout: 20_000 }).toString()).to.equal('3');
  });
});
