import { expect } from 'chai';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as plugins from '../../plugins/index.ts';
import { isPatchError } from '../../src/errors.ts';
import { openDirectory } from '../../src/layer/directory-layer.ts';
import { copyTarget } from '../../src/store/copy-target.ts';
import { inPlaceTarget } from '../../src/store/in-place-target.ts';
import type { Target } from '../../src/store/target.ts';
import { isChange, streamedFile } from '../../src/stream/file.ts';
import { run } from '../../src/stream/run.ts';
import { type Stage, stage } from '../../src/stream/stage.ts';
import { type ChangingCall, watchingCalls } from '../fixtures/file-calls.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, archive, makePatch, refusal } from '../fixtures/patching.ts';
import { noise } from '../fixtures/random-layer.ts';
import {
  type Tree,
  discard,
  file,
  folder,
  link,
  listing,
  readTree,
  scratch,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

const base = treeOf({
  a: 'one',
  big: noise(90_000, 1),
  moved: file('moves', 0o600),
  'd/x': 'in a folder',
  'd/e': null,
  l: link('d'),
  f: 'becomes a folder',
  mode: file('mode', 0o644),
  'gone/sub/x': 'x',
  closed: folder(0o555),
  'closed/x': file('old', 0o444),
});
const target = treeOf({
  a: 'two',
  big: `${noise(90_000, 1)}!`,
  'new/moved': file('moves', 0o755),
  d: 'a file now',
  'l/e': null,
  'f/inside': 'x',
  mode: file('mode', 0o700),
  closed: folder(0o555),
  'closed/x': file('new', 0o444),
});

describe('law 4: a run that fails changes nothing', function () {
  this.timeout(120_000);
  let patch: Buffer;
  let root: string;
  before(async () => {
    patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(target) });
  });
  beforeEach(() => {
    root = scratch();
    writeTree(join(root, 'app'), base);
  });
  afterEach(() => discard(root));

  /** Nothing but the base is left in the test's folder. */
  function untouched(what: string): void {
    const wanted = new Map([...base].map(([path, node]) => [`app/${path}`, node]));
    expect(listing(readTree(root)), what).to.deep.equal(listing(new Map([['app', folder()], ...wanted])));
  }

  const targets: Record<
    string,
    () => { readonly target: Target; readonly options: { to: string; out?: string } }
  > = {
    'in place': () => {
      const to = join(root, 'app');
      return { target: inPlaceTarget(openDirectory(to)), options: { to } };
    },
    'a new folder': () => {
      const [to, out] = [join(root, 'app'), join(root, 'out')];
      return { target: copyTarget(openDirectory(to), out), options: { to, out } };
    },
  };

  for (const [title, make] of Object.entries(targets)) {
    describe(title, () => {
      const chain = (...extra: Stage[]): Stage[] => [
        archive(patch),
        plugins.unpack(),
        plugins.verify({ allowUnsigned: true }),
        plugins.apply({ base: openDirectory(join(root, 'app')) }),
        ...extra,
        plugins.deploy({ target: make().target }),
      ];

      it('because the contents of any file fail while they are read', async () => {
        for (let k = 0; k < 4; k++) {
          let n = 0;
          const breaking = stage('breaking', async function* (files) {
            for await (const one of files) {
              if (isChange(one) && !one.isNull() && one.change.name !== 'AppRoot/mode' && n++ === k) {
                yield streamedFile(
                  one.change,
                  (async function* () {
                    yield Buffer.from('half of it');
                    throw new Error('the disk is gone');
                  })(),
                );
              } else yield one;
            }
          });
          const error = await refusal(() => run(chain(breaking)));
          expect(error.message).to.contain('the disk is gone');
          expect(error.stage).to.equal('deploy');
          untouched(`file ${k}`);
        }
      });

      it('because a stage fails after any number of files', async () => {
        for (let k = 0; k < 10; k++) {
          let n = 0;
          const failing = stage('failing', async function* (files) {
            for await (const one of files) {
              if (n++ === k) throw new Error('broken');
              yield one;
            }
          });
          const error = await refusal(() => run(chain(failing)), 'E_STAGE');
          expect(error.stage).to.equal('failing');
          untouched(`after ${k} files`);
        }
      });

      it('because it is cancelled at any file', async () => {
        for (let k = 0; k < 10; k++) {
          const controller = new AbortController();
          let n = 0;
          const aborting = stage('aborting', async function* (files) {
            for await (const one of files) {
              if (n++ === k) controller.abort();
              yield one;
            }
          });
          await refusal(() => run(chain(aborting), { signal: controller.signal }), 'E_CANCELLED');
          untouched(`at file ${k}`);
        }
      });

      it('because it was cancelled before it began', async () => {
        const { options } = make();
        await refusal(() => applyPatch(patch, options, { signal: AbortSignal.abort() }), 'E_CANCELLED');
        untouched('before');
      });

      it('because changes are missing', async () => {
        const dropping = stage('dropping', async function* (files) {
          let dropped = false;
          for await (const one of files) {
            if (isChange(one) && !dropped) dropped = true;
            else yield one;
          }
        });
        const bare = chain();
        const broken = [...bare.slice(0, 3), dropping, ...bare.slice(3)];
        await refusal(() => run(broken), 'E_UNVERIFIED');
        untouched('dropped');
      });

      // Any call that changes the disk, one after the other: while drafts are made and while the commit goes on.
      for (const code of ['ENOSPC', 'EACCES', 'EIO'] as const) {
        it(`because of ${code} in any call to the system`, async () => {
          const calls = await countCalls(() => applyPatch(patch, make().options));
          discard(root);
          root = scratch();
          writeTree(join(root, 'app'), base);
          expect(calls.length).to.be.above(20);
          let refused = 0;
          for (let n = 0; n < calls.length; n++) {
            const { options } = make();
            let count = 0;
            let error: unknown;
            try {
              await watchingCalls(
                (call) => {
                  if (count++ === n) throw Object.assign(new Error(`${code}: ${call}`), { code });
                },
                () => applyPatch(patch, options),
              );
            } catch (thrown) {
              error = thrown;
            }
            const what = `call ${n}: ${calls[n] ?? ''}`;
            if (error !== undefined) {
              refused++;
              expect(isPatchError(error), what).to.equal(true);
            }
            const made = options.out ?? options.to;
            const isDone =
              existsSync(made) && listing(readTree(made, ['.vpa-work'])).join() === listing(target).join();
            if (isDone) {
              // Only what comes behind the last rename, which ends the transaction, may fail then: cleaning up.
              expect(n, what).to.be.above(calls.findLastIndex((call) => call.startsWith('renameSync')));
              if (options.out === undefined) {
                discard(join(root, 'app'));
                writeTree(join(root, 'app'), base);
              } else discard(options.out);
            } else {
              expect(error, what).to.not.equal(undefined);
            }
            discardLeftovers(root, isDone);
            untouched(what);
          }
          expect(refused).to.be.above(20);
        });
      }
    });
  }

  it('because the commit meets a folder that has to go but got a file: the rest is rolled back', async () => {
    writeFileSync(join(root, 'app', 'd', 'mine'), 'mine');
    const error = await refusal(() => applyPatch(patch, { to: join(root, 'app') }), 'E_CONFLICT');
    expect(error.message).to.contain(join('app', 'd'));
    const wanted: Tree = new Map([...base, ['d/mine', file('mine')]]);
    expect(listing(readTree(join(root, 'app')))).to.deep.equal(listing(wanted));
  });

  it('because another run is at work, which is not disturbed: E_BUSY', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const place = join(root, 'app');
    let reached = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (reached = resolve));
    const slow = stage('slow', async function* (files) {
      let n = 0;
      for await (const one of files) {
        yield one;
        if (n++ === 4) {
          reached();
          await gate;
        }
      }
    });
    const first = run([
      archive(patch),
      plugins.unpack(),
      plugins.verify({ allowUnsigned: true }),
      plugins.apply({ base: openDirectory(place) }),
      slow,
      plugins.deploy({ target: inPlaceTarget(openDirectory(place)) }),
    ]);
    await waiting;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(join(place, '.vpa-work'))).to.equal(true);
    await refusal(() => applyPatch(patch, { to: place }), 'E_BUSY');
    release();
    await first;
    expect(listing(readTree(place))).to.deep.equal(listing(target));
  });

  it('although the commit could not be undone: the old content stays in the work folder, and the next run mends it', async () => {
    const place = join(root, 'app');
    let broken = false;
    const error = await refusal(
      () =>
        watchingCalls(
          (call, path) => {
            if (call === 'renameSync' && path.endsWith(join('draft', '2'))) broken = true;
            if (broken && call === 'renameSync') throw Object.assign(new Error('EIO'), { code: 'EIO' });
          },
          () => applyPatch(patch, { to: place }),
        ),
      'E_CONFLICT',
    );
    expect(error.help).to.contain(join('.vpa-work', 'backup'));
    expect(existsSync(join(place, '.vpa-work', 'backup'))).to.equal(true);
    await applyPatch(patch, { to: place });
    expect(listing(readTree(place))).to.deep.equal(listing(target));
  });

  it('because a work folder there has a record that is none: nothing is deleted', () =>
    withScratch(async (other) => {
      writeTree(other, base);
      mkdirSync(join(other, '.vpa-work'));
      writeFileSync(join(other, '.vpa-work', 'take.json'), 'not JSON');
      await refusal(() => applyPatch(patch, { to: other }), 'E_CONFLICT');
      expect(listing(readTree(other, ['.vpa-work']))).to.deep.equal(listing(base));
      expect(existsSync(join(other, '.vpa-work', 'take.json'))).to.equal(true);
    }));
});

async function countCalls(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  await watchingCalls((call: ChangingCall, path) => void calls.push(`${call} ${path}`), work);
  return calls;
}

/** What a failed clean-up may leave is the work folder, and only that. */
function discardLeftovers(root: string, allowed: boolean): void {
  for (const name of ['app/.vpa-work', '.out.vpa-work']) if (allowed) discard(join(root, name));
}
