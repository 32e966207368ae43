/**
 * Law 4, call by call: whatever call to the system fails, or is the last one before the process is killed, a restart ends
 * in exactly the state before or exactly the state after, with nothing left over and nothing else touched.
 * Every moment is one to be killed at. `VPA_FAULT_STRIDE=1` lets every call fail, too, and recovery from every eighth moment be
 * disturbed at every call; otherwise every third fails, and of those that only read every 41st.
 */
import { expect } from 'chai';
import { isPatchError } from '../../src/errors.ts';
import { watchingAllCalls, watchingCalls } from '../fixtures/file-calls.ts';
import { type Tree, readTree } from '../fixtures/tree.ts';
import { type Operation, endOf, outcome, runAgain, started } from './operation.ts';

export const stride = Number(process.env['VPA_FAULT_STRIDE'] ?? '41');
export const tried = { kills: 0, recoveriesKilled: 0, errors: 0, errorsInRecovery: 0 };

/** Its tests. With another `seed`, other calls fail where not every one does. */
export function atEveryCall(operation: Operation, seed: number): void {
  const { title } = operation;
  const run = async (root: string): Promise<unknown> => operation.run(root);
  const recover = async (root: string): Promise<void> => operation.recover(root);

  it(`${title}: killed before any call that changes something`, async () => {
    const ends = await operation.ends();
    const moments = await momentsOf(operation);
    expect(moments.length).to.be.above(15);
    const reached = { before: 0, after: 0 };
    for (const [n, moment] of moments.entries()) {
      await started(moment, async (root) => {
        await recover(root);
        tried.kills++;
        reached[endOf(ends, `killed at ${n}`, root)]++;
        await runAgain(operation, root, `again, killed at ${n}`);
      });
    }
    expect(reached.before).to.be.above(3);
    expect(reached.after).to.be.above(2);
  });

  it(`${title}: recovery itself is killed before any call that changes something`, async () => {
    const ends = await operation.ends();
    for (const [at, moment] of sampled(await momentsOf(operation), [0.6, 0.85])) {
      const inside: Tree[] = [];
      await started(moment, async (root) =>
        watchingCalls(
          () => void inside.push(readTree(root)),
          () => recover(root),
        ),
      );
      for (const [n, one] of inside.entries()) {
        await started(one, async (root) => {
          await recover(root);
          tried.recoveriesKilled++;
          endOf(ends, `killed at ${at}, then at ${n}`, root);
        });
      }
    }
  });

  it(`${title}: any call of recovery fails once, and it is tried again`, async () => {
    const ends = await operation.ends();
    for (const [at, moment] of sampled(await momentsOf(operation), [0.5, 0.8])) {
      const calls: string[] = [];
      await started(moment, async (root) =>
        watchingOurs(
          (call) => void calls.push(call),
          () => recover(root),
        ),
      );
      for (const n of calls.keys()) {
        const every = isReading(calls[n]!) ? stride : Math.min(stride, 5);
        if (n % every !== at % every) continue;
        await started(moment, async (root) => {
          const what = `killed at ${at}, then EIO at call ${n} of recovery: ${calls[n]!}`;
          let count = 0;
          const error = await outcome(() =>
            watchingOurs(
              (call) => {
                if (count++ === n) throw Object.assign(new Error(`EIO: ${call}`), { code: 'EIO' });
              },
              () => recover(root),
            ),
          );
          if (error) expect(isPatchError(error), `${what}: ${error.stack ?? ''}`).to.equal(true);
          await recover(root);
          tried.errorsInRecovery++;
          endOf(ends, what, root);
        });
      }
    }
  });

  for (const { code, lasting } of [
    { code: 'EIO', lasting: false },
    { code: 'EACCES', lasting: false },
    { code: 'ENOSPC', lasting: true },
  ]) {
    const how = lasting ? 'any call that changes something, and all behind it, fail' : 'any call fails once';
    it(`${title}: ${how}: ${code}`, async () => {
      const watch = lasting ? watchingCalls : watchingOurs;
      const ends = await operation.ends();
      const calls: string[] = [];
      await started(ends.start, async (root) =>
        watch(
          (call) => void calls.push(call),
          () => run(root),
        ),
      );
      const offset = seed + code.length;
      let refused = 0;
      for (const n of calls.keys()) {
        const every = isReading(calls[n]!) ? stride : Math.min(stride, code === 'EACCES' ? 7 : 3);
        if (n % every !== offset % every) continue;
        await started(ends.start, async (root) => {
          const what = `${code} at call ${n}: ${calls[n]!}`;
          let count = 0;
          const failing = (call: string): void => {
            const at = count++;
            if (at === n || (lasting && at > n)) throw Object.assign(new Error(`${code}: ${call}`), { code });
          };
          const error = await outcome(() => watch(failing, () => run(root)));
          if (error !== null) {
            refused++;
            expect(isPatchError(error), `${what}: ${error.stack ?? ''}`).to.equal(true);
          }
          await recover(root);
          tried.errors++;
          const end = endOf(ends, what, root);
          if (error === null) expect(end, what).to.equal('after');
          await runAgain(operation, root, `again, ${what}`);
        });
      }
      expect(refused).to.be.above(3);
    });
  }
}

/** Without the calls that look at processes. */
const watchingOurs: typeof watchingAllCalls = (watcher, work) =>
  watchingAllCalls((call, path, given) => {
    if (!path.startsWith('/proc')) watcher(call, path, given);
  }, work);

/** Every eighth with its number where every call is tried; else those at some shares of the way. */
function sampled(moments: readonly Tree[], shares: readonly number[]): (readonly [number, Tree])[] {
  const all = moments.map((moment, at) => [at, moment] as const);
  if (stride === 1) return all.filter(([at]) => at % 8 === all.length % 8);
  return shares.map((share) => all[Math.floor(all.length * share)]!);
}

/** The folder before each call that changes something. */
async function momentsOf(operation: Operation): Promise<Tree[]> {
  const moments: Tree[] = [];
  await started((await operation.ends()).start, async (root) =>
    watchingCalls(
      () => {
        moments.push(readTree(root));
        operation.read?.(root);
      },
      () => operation.run(root),
    ),
  );
  return moments;
}

function isReading(call: string): boolean {
  return [
    'lstatSync',
    'openSync',
    'readFileSync',
    'readSync',
    'readdirSync',
    'readlinkSync',
    'statSync',
  ].includes(call);
}
