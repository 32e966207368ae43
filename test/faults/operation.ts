/** What the fault tests disturb: an operation that leads a folder from one known state to another, whole or not at all. */
import { expect } from 'chai';
import { isPatchError } from '../../src/errors.ts';
import { type Tree, listing, readTree, withScratch, writeTree } from '../fixtures/tree.ts';

export interface Operation {
  readonly title: string;
  readonly ends: () => Promise<Ends>;
  run(root: string): Promise<unknown>;
  /** What a restart does before anything else. */
  recover(root: string, durable?: boolean): Promise<void>;
  /** Codes that a second run may refuse with when the first one has come to its end; or it does the same once more. */
  readonly again: readonly string[] | 'more';
  /** Throws where somebody who only reads would find less than a whole version at this moment. */
  readonly read?: (root: string) => void;
}

export interface Ends {
  /** All of the test's folder, before and after an operation that nothing disturbs. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The folder where it begins. */
  readonly start: Tree;
}

/** Of an operation that begins at `start`. Made once, when they are asked for. */
export function endsOf(start: () => Promise<Tree>, run: Operation['run']): Operation['ends'] {
  let known: Promise<Ends> | undefined;
  const made = async (): Promise<Ends> => {
    const tree = await start();
    return started(tree, async (root) => {
      await run(root);
      return { before: listing(tree), after: stateOf(root), start: tree };
    });
  };
  return async () => (known ??= made());
}

export const stateOf = (root: string): string[] => listing(readTree(root));

export async function started<T>(start: Tree, use: (root: string) => Promise<T>): Promise<T> {
  return withScratch(async (root) => {
    writeTree(root, start);
    return use(root);
  });
}

/** Which end the folder is at; throws if it is at neither. */
export function endOf(
  { before, after }: Ends,
  what: string,
  root: string,
  now = stateOf(root),
): 'before' | 'after' {
  if (now.join('\n') === before.join('\n')) return 'before';
  expect(now, what).to.deep.equal(after);
  return 'after';
}

/** A second run comes to the end of the first one, or says that it has been reached. */
export async function runAgain(operation: Operation, root: string, what: string): Promise<void> {
  const { again } = operation;
  const { after } = await operation.ends();
  const isDone = stateOf(root).join('\n') === after.join('\n');
  if (isDone && again === 'more') return;
  const error = await outcome(() => operation.run(root));
  if (error !== null) {
    const isRight = isDone && isPatchError(error) && again.includes(error.code);
    expect(isRight, `${what}: ${error.stack ?? ''}`).to.equal(true);
  }
  expect(stateOf(root), what).to.deep.equal(after);
}

export async function outcome(call: () => Promise<unknown>): Promise<Error | null> {
  try {
    await call();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
