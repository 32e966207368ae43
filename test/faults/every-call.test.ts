/**
 * Law 4, call by call: whatever call to the system fails, or is the last one before the process is killed, a restart ends
 * in exactly the state before or exactly the state after, with nothing left over and nothing else touched.
 * Every moment is one to be killed at. `VPA_FAULT_STRIDE=1` lets every call fail, too, and recovery from every eighth moment be
 * disturbed at every call; otherwise every third fails, and of those that only read every 41st.
 */
import { expect } from 'chai';
import { isPatchError } from '../../src/errors.ts';
import { watchingAllCalls, watchingCalls } from '../fixtures/file-calls.ts';
import { type Tree, readTree, withScratch, writeTree } from '../fixtures/tree.ts';
import { type Ends, type Operation, endsOf, makeKinds, operationsOf, recoverAll, stateOf } from './cases.ts';

const stride = Number(process.env['VPA_FAULT_STRIDE'] ?? '41');
const kinds = await makeKinds();
const cases = { kills: 0, recoveriesKilled: 0, errors: 0, errorsInRecovery: 0 };

describe('faults: every call', function () {
  this.timeout(stride === 1 ? 0 : 600_000);
  after(() => {
    if (stride === 1) process.stdout.write(`      every call: ${JSON.stringify(cases)}\n`);
  });
  for (const kind of kinds) {
    describe(kind.title, () => {
      for (const operation of operationsOf(kind)) {
        let known: Promise<Ends> | undefined;
        const undisturbed = async (): Promise<Ends> => (known ??= endsOf(kind, operation));

        it(`${operation.title}: killed before any call that changes something`, async () => {
          const ends = await undisturbed();
          const moments = await momentsOf(ends.start, operation);
          expect(moments.length).to.be.above(15);
          const reached = { before: 0, after: 0 };
          for (const [n, moment] of moments.entries()) {
            await withScratch(async (root) => {
              writeTree(root, moment);
              await recoverAll(root);
              cases.kills++;
              reached[endOf(root, ends, `killed at ${n}`)]++;
              await runAgain(operation, root, ends, `again, killed at ${n}`);
            });
          }
          expect(reached.before).to.be.above(3);
          expect(reached.after).to.be.above(3);
        });

        it(`${operation.title}: recovery itself is killed before any call that changes something`, async () => {
          const ends = await undisturbed();
          const moments = await momentsOf(ends.start, operation);
          for (const [at, moment] of sampled(moments, [0.6, 0.85])) {
            const inside: Tree[] = [];
            await withScratch(async (root) => {
              writeTree(root, moment);
              await watchingCalls(
                () => void inside.push(readTree(root)),
                () => recoverAll(root),
              );
            });
            for (const [n, one] of inside.entries()) {
              await withScratch(async (root) => {
                writeTree(root, one);
                await recoverAll(root);
                cases.recoveriesKilled++;
                endOf(root, ends, `killed at ${at}, then at ${n}`);
              });
            }
          }
        });

        it(`${operation.title}: any call of recovery fails once, and it is tried again`, async () => {
          const ends = await undisturbed();
          const moments = await momentsOf(ends.start, operation);
          for (const [at, moment] of sampled(moments, [0.5, 0.8])) {
            const calls: string[] = [];
            await started(moment, async (root) => {
              await watchingOurs(
                (call) => void calls.push(call),
                () => recoverAll(root),
              );
            });
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
                    () => recoverAll(root),
                  ),
                );
                if (error) expect(isPatchError(error), `${what}: ${error.stack ?? ''}`).to.equal(true);
                await recoverAll(root);
                cases.errorsInRecovery++;
                endOf(root, ends, what);
              });
            }
          }
        });

        for (const { code, lasting } of [
          { code: 'EIO', lasting: false },
          { code: 'EACCES', lasting: false },
          { code: 'ENOSPC', lasting: true },
        ]) {
          const how = lasting
            ? 'any call that changes something, and all behind it, fail'
            : 'any call fails once';
          it(`${operation.title}: ${how}: ${code}`, async () => {
            const watch = lasting ? watchingCalls : watchingOurs;
            const ends = await undisturbed();
            const calls: string[] = [];
            await started(ends.start, async (root) => {
              await watch(
                (call) => void calls.push(call),
                () => operation.run(root),
              );
            });
            const offset = kinds.indexOf(kind) + code.length;
            let refused = 0;
            for (const n of calls.keys()) {
              const every = isReading(calls[n]!) ? stride : Math.min(stride, code === 'EACCES' ? 7 : 3);
              if (n % every !== offset % every) continue;
              await started(ends.start, async (root) => {
                const what = `${code} at call ${n}: ${calls[n]!}`;
                let count = 0;
                const error = await outcome(() =>
                  watch(
                    (call) => {
                      const at = count++;
                      if (at === n || (lasting && at > n))
                        throw Object.assign(new Error(`${code}: ${call}`), { code });
                    },
                    () => operation.run(root),
                  ),
                );
                if (error !== null) {
                  refused++;
                  expect(isPatchError(error), `${what}: ${error.stack ?? ''}`).to.equal(true);
                }
                await recoverAll(root);
                cases.errors++;
                const end = endOf(root, ends, what);
                if (error === null) expect(end, what).to.equal('after');
                await runAgain(operation, root, ends, `again, ${what}`);
              });
            }
            expect(refused).to.be.above(3);
          });
        }
      }
    });
  }
});

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

async function started(start: Tree, use: (root: string) => Promise<void>): Promise<void> {
  await withScratch(async (root) => {
    writeTree(root, start);
    await use(root);
  });
}

/** The folder before each call that changes something. */
async function momentsOf(start: Tree, operation: Operation): Promise<Tree[]> {
  const moments: Tree[] = [];
  await started(start, async (root) => {
    await watchingCalls(
      () => void moments.push(readTree(root)),
      () => operation.run(root),
    );
  });
  return moments;
}

function endOf(root: string, { before, after }: Ends, what: string): 'before' | 'after' {
  const now = stateOf(root);
  if (now.join('\n') === before.join('\n')) return 'before';
  expect(now, what).to.deep.equal(after);
  return 'after';
}

async function runAgain(operation: Operation, root: string, ends: Ends, what: string): Promise<void> {
  const isDone = stateOf(root).join('\n') === ends.after.join('\n');
  const error = await outcome(() => operation.run(root));
  if (error !== null) {
    expect(
      isDone && isPatchError(error) && operation.again.includes(error.code),
      `${what}: ${error.stack ?? ''}`,
    ).to.equal(true);
  }
  expect(stateOf(root), what).to.deep.equal(ends.after);
}

async function outcome(call: () => Promise<unknown>): Promise<Error | null> {
  try {
    await call();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
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
