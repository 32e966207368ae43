/**
 * Law 4 in a store, call by call: whatever call to the system fails, or is the last one before the process is killed, each layer is in its
 * old or in its new generation after a restart, with nothing left over. `VPA_FAULT_STRIDE=1` tries every call.
 */
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPatchError } from '../../src/errors.ts';
import { watchingAllCalls, watchingCalls } from '../fixtures/file-calls.ts';
import { type Tree, listing, readTree, withScratch, writeTree } from '../fixtures/tree.ts';
import { type StoreOperation, makeOperations, recover, stateOf } from './store-cases.ts';

const everything = process.env['VPA_FAULT_STRIDE'] === '1';
const operations = await makeOperations();

describe('faults: a store', function () {
  this.timeout(600_000);
  for (const operation of operations) {
    const before = listing(operation.start);

    it(`${operation.title}: killed before any call that changes something`, async () => {
      const moments: Tree[] = [];
      await started(operation, async (root) => {
        await watchingCalls(
          () => {
            moments.push(readTree(root));
            // Whoever reads meanwhile, without a lock, finds a generation in every layer that there is.
            JSON.parse(readFileSync(join(root, 'store', '1', 'current.json'), 'utf8'));
          },
          () => operation.run(root),
        );
      });
      const reached = { before: 0, after: 0 };
      for (const [n, moment] of moments.entries()) {
        await withScratch(async (root) => {
          writeTree(root, moment);
          await recover(root);
          reached[endOf(root, operation, before, `killed at ${n}`)]++;
          if (everything || n % 4 === 0) await runAgain(operation, root, `again, killed at ${n}`);
        });
      }
      expect(reached.before).to.be.above(3);
      expect(reached.after).to.be.above(2);
    });

    for (const { code, lasting } of [
      { code: 'EIO', lasting: false },
      { code: 'ENOSPC', lasting: true },
    ]) {
      it(`${operation.title}: ${lasting ? 'a call that changes something, and all behind it, fail' : 'a call fails once'}: ${code}`, async () => {
        const watch = lasting ? watchingCalls : watchingAllCalls;
        const calls: string[] = [];
        await started(operation, async (root) => {
          await watch(
            (call) => void calls.push(call),
            () => operation.run(root),
          );
        });
        let refused = 0;
        for (const n of calls.keys()) {
          const every = everything ? 1 : isReading(calls[n]!) ? 41 : 5;
          if (n % every !== code.length % every) continue;
          await started(operation, async (root) => {
            const what = `${code} at call ${n}: ${calls[n]!}`;
            let count = 0;
            const failing = (call: string): void => {
              const at = count++;
              if (at === n || (lasting && at > n))
                throw Object.assign(new Error(`${code}: ${call}`), { code });
            };
            const error = await outcome(async () => watch(failing, () => operation.run(root)));
            if (error) {
              refused++;
              expect(isPatchError(error), `${what}: ${error.stack ?? ''}`).to.equal(true);
            }
            await recover(root);
            const end = endOf(root, operation, before, what);
            if (!error) expect(end, what).to.equal('after');
          });
        }
        expect(refused).to.be.above(0);
      });
    }
  }
});

async function started({ start }: StoreOperation, use: (root: string) => Promise<void>): Promise<void> {
  await withScratch(async (root) => {
    writeTree(root, start);
    await use(root);
  });
}

function endOf(
  root: string,
  { after }: StoreOperation,
  before: readonly string[],
  what: string,
): 'before' | 'after' {
  const now = stateOf(root);
  if (now.join('\n') === before.join('\n')) return 'before';
  expect(now, what).to.deep.equal(after);
  return 'after';
}

async function runAgain(operation: StoreOperation, root: string, what: string): Promise<void> {
  const { again, after } = operation;
  const isDone = stateOf(root).join('\n') === after.join('\n');
  if (isDone && again === 'more') return;
  const error = await outcome(() => operation.run(root));
  if (error) {
    const isRight = isDone && isPatchError(error) && error.code === again;
    expect(isRight, `${what}: ${error.stack ?? ''}`).to.equal(true);
  }
  expect(stateOf(root), what).to.deep.equal(after);
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
