/** Two processes at one target or one store, one of them somewhat later: what they leave is what one after the other leaves. */
import { expect } from 'chai';
import { type ChildProcess, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcome } from '../faults/operation.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { type Job, carryOut, done, jobProcess } from '../fixtures/job.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { makePatch, runs } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, discard, listing, readTree, scratch, treeOf, writeTree } from '../fixtures/tree.ts';

const version = (seed: number): Tree =>
  treeOf(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`d${n % 5}/f${n}`, noise(500, n * seed)])));

/** What one of the two does to what is in a folder. */
type Doing = (root: string) => Job;

interface Case {
  readonly title: string;
  readonly start: () => Promise<Tree>;
  readonly doings: readonly [Doing, Doing];
  /** What the second one may be told where the first one had its way before it. */
  readonly refusals: readonly string[];
  /** Whether it begins with what a killed run has left. */
  readonly unfinished?: boolean;
}

describe('two processes', function () {
  this.timeout(600_000);
  const place = scratch();
  const patch = (name: string): string => join(place, `${name}.vpa`);
  const processes: ChildProcess[] = [];
  let longest = 0;
  let collisions = 0;

  before(async () => {
    const make = async (name: string, base: number, target: number): Promise<void> => {
      const sides = { base: memoryLayer(version(base)), target: memoryLayer(version(target)) };
      writeFileSync(patch(name), await makePatch({ ...sides, codecs: [] }));
    };
    await make('0-1', 1, 2);
    await make('1-2', 2, 3);
    await make('1-3', 2, 4);
    processes.push(await jobProcess(), await jobProcess());
    // Before they have done it once, they take longer.
    for (const one of processes) {
      const root = scratch();
      writeTree(join(root, 'app'), version(1));
      for (const name of ['0-1', '1-2']) {
        const started = performance.now();
        expect(await done(one, apply(name)(root))).to.equal('done');
        longest = performance.now() - started;
      }
      discard(root);
    }
  });
  after(() => {
    for (const one of processes) one.kill();
    discard(place);
  });

  const apply =
    (name: string): Doing =>
    (root) => ({ do: 'apply', patches: [patch(name)], at: { to: join(root, 'app'), backup: 'keep' } });
  const undo: Doing = (root) => ({ do: 'undo', at: { to: join(root, 'app') } });
  const recover: Doing = (root) => ({ do: 'recover', at: { to: join(root, 'app') } });
  const inStore = {
    apply:
      (name: string): Doing =>
      (root) => ({
        do: 'apply',
        patches: [patch(name)],
        at: { store: join(root, 'store'), layer: 1, keep: 9 },
      }),
    undo: (root: string): Job => ({ do: 'undo', at: { store: join(root, 'store') } }),
    collect: (root: string): Job => ({ do: 'collect', at: { store: join(root, 'store') } }),
    recover: (root: string): Job => ({ do: 'recover', at: { store: join(root, 'store') } }),
    bring: (root: string): Job => {
      return { do: 'import', at: { store: join(root, 'store') }, from: join(root, 'source'), registry: [] };
    },
  };

  /** A folder behind these, and behind one more that was killed on its way (a share of its calls), if there is one. */
  const behind =
    (doings: readonly Doing[], killed?: { readonly at: number; readonly doing: Doing }) =>
    async (): Promise<Tree> => {
      const root = scratch();
      try {
        writeTree(join(root, 'app'), version(1));
        writeTree(join(root, 'source'), version(1));
        mkdirSync(join(root, 'store'));
        for (const doing of doings) await carryOut(doing(root));
        if (!killed) return readTree(root);
        const moments: Tree[] = [];
        await watchingCalls(
          () => void moments.push(readTree(root)),
          async () => carryOut(killed.doing(root)),
        );
        return withDeadOwner(moments[Math.floor(moments.length * killed.at)]!);
      } finally {
        discard(root);
      }
    };

  const gone = ['E_BASE_MISMATCH', 'E_DIGEST', 'E_INPUT', 'E_CONFLICT'];
  const [folder, store] = [behind([apply('0-1')]), behind([inStore.bring, inStore.apply('0-1')])];
  const half = (at: number): Case['start'] => behind([apply('0-1')], { at, doing: apply('1-2') });
  const cases: Case[] = [
    { title: 'apply || apply', start: folder, doings: [apply('1-2'), apply('1-3')], refusals: gone },
    { title: 'apply || the same', start: folder, doings: [apply('1-2'), apply('1-2')], refusals: gone },
    { title: 'apply || undo', start: folder, doings: [apply('1-2'), undo], refusals: gone },
    { title: 'undo || undo', start: folder, doings: [undo, undo], refusals: gone },
    ...[0.3, 0.6, 0.8].map((at): Case => {
      const title = `apply || recover, behind a run that was killed at ${at}`;
      return { title, start: half(at), doings: [apply('1-3'), recover], refusals: gone, unfinished: true };
    }),
  ];
  const { bring, collect } = inStore;
  const storeCases: Case[] = [
    ['apply || apply', inStore.apply('1-2'), inStore.apply('1-3')],
    ['apply || undo', inStore.apply('1-2'), inStore.undo],
    ['apply || removal of generations', inStore.apply('1-2'), collect],
    ['undo || removal of generations', inStore.undo, collect],
    ['apply || bringing a layer in', inStore.apply('1-2'), bring],
  ].map(([title, one, other]) => ({
    title: `in a store: ${title as string}`,
    ...{ start: store, doings: [one as Doing, other as Doing], refusals: gone },
  }));
  storeCases.push({
    title: 'in a store: apply || recover, behind a run that was killed',
    start: behind([bring, inStore.apply('0-1')], { at: 0.8, doing: inStore.apply('1-2') }),
    ...{ doings: [inStore.apply('1-3'), inStore.recover], refusals: gone, unfinished: true },
  });

  for (const { title, start, doings, refusals, unfinished = false } of [...cases, ...storeCases]) {
    it(title, async () => {
      const tree = await start();
      const serial = new Map<string, Promise<string | null>>();
      await fc.assert(
        fc.asyncProperty(fc.noBias(fc.integer({ min: -120, max: 120 })), async (percent) => {
          const root = scratch();
          try {
            writeTree(root, tree);
            const delays = [percent, -percent].map((share) => (Math.max(0, share) * longest) / 100);
            const said = await Promise.all(
              processes.map((one, at) => done(one, doings[at]!(root), delays[at])),
            );
            collisions += said.includes('E_BUSY') ? 1 : 0;
            const what = `${said.join()}, ${percent} %`;
            // Whoever is refused may have brought to its end before what was left unfinished.
            if (!unfinished) expect(said, what).to.include('done');
            for (const one of said) expect(['done', 'E_BUSY', ...refusals], what).to.include(one);
            const winners = said.flatMap((one, at) => (one === 'done' ? [at] : []));
            const orders = [[0], [1], [0, 1], [1, 0]].filter(
              (order) =>
                winners.every((at) => order.includes(at)) && (unfinished || order.length === winners.length),
            );
            const ends = await Promise.all(
              orders.map((order) => {
                const key = `${order.join()} ${winners.join()}`;
                const known = serial.get(key) ?? inOrder(tree, order, doings, winners);
                serial.set(key, known);
                return known;
              }),
            );
            expect(ends, what).to.include(listing(readTree(root)).join('\n'));
          } finally {
            discard(root);
          }
        }),
        { ...runs(12), endOnFailure: true },
      );
    });
  }

  it('and they did meet', () => {
    expect(collisions, 'runs that were refused while another one was at work').to.be.above(10);
  });
});

/** The lock in it is not ours any more, but of a process that is gone. */
function withDeadOwner(tree: Tree): Tree {
  const gone = String(spawnSync(process.execPath, ['-e', '0']).pid);
  return new Map(
    [...tree].map(([path, node]) => {
      if (node.type !== 'file' || !path.includes('/lock/owner-')) return [path, node];
      return [path, { ...node, content: node.content.replace(String(process.pid), gone) }];
    }),
  );
}

/** What is left by one after the other; null where one is refused then that must not be. */
async function inOrder(
  tree: Tree,
  order: readonly number[],
  doings: readonly Doing[],
  winners: readonly number[],
): Promise<string | null> {
  const root = scratch();
  try {
    writeTree(root, tree);
    for (const at of order) {
      const error = await outcome(() => carryOut(doings[at]!(root)));
      if (error && winners.includes(at)) return null;
    }
    return listing(readTree(root)).join('\n');
  } finally {
    discard(root);
  }
}
