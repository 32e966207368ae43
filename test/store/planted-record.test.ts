/** Records that somebody else left in a target: they move and remove nothing outside of it, whatever they say. */
import { expect } from 'chai';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { recoverDirectory } from '../../src/store/recover-directory.ts';
import { besideNames } from '../../src/store/transaction/beside.ts';
import { type State, type Transaction, encode } from '../../src/store/transaction/record.ts';
import { undoDirectory } from '../../src/store/undo.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { type Tree, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';

const base = treeOf({ a: 'one', 'd/x': 'x' });
const outside = treeOf({ secret: 'mine', 'keys/rc': 'rc' });

/** What a hostile record says, by the folder of the target and that of the victim. */
type Lie = (app: string, victim: string) => Partial<Transaction>;

const nothing: Transaction = {
  patch: { id: 'evil', name: 'evil', from: '1', to: '2' },
  ...{ keep: null, takes: [], puts: [], modes: [], restore: [] },
};

function plant(folder: string, name: string, root: string, lie: Partial<Transaction>): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), encode({ ...nothing, ...lie }, root));
}

const work = (app: string, kind: string): string => join(app, '.vpa-work', kind, '0');

/** Each for a state that would carry it out. */
const lies: Record<string, readonly [State, Lie, prepare?: (app: string, victim: string) => void]> = {
  'takes a file outside to the work folder': [
    'take',
    (app, victim) => ({ takes: [{ path: join(victim, 'secret'), to: work(app, 'backup') }] }),
  ],
  'takes a file outside to a backup beside it': [
    'take',
    (app, victim) => ({
      takes: [{ path: join(victim, 'secret'), to: besideNames(join(victim, 'secret'), app).backup }],
    }),
  ],
  'takes a file outside to a backup of the name for another target': [
    'take',
    (_, victim) => ({
      takes: [
        { path: join(victim, 'secret'), to: besideNames(join(victim, 'secret'), dirname(victim)).backup },
      ],
    }),
  ],
  'takes a file outside to a backup of another': [
    'take',
    (app, victim) => ({
      takes: [{ path: join(victim, 'secret'), to: besideNames(join(victim, 'keys'), app).backup }],
    }),
  ],
  'says that a file outside is a draft that was put': [
    'unput',
    (app, victim) => ({
      puts: [{ path: join(victim, 'secret'), from: besideNames(join(victim, 'secret'), app).draft }],
    }),
  ],
  'puts a file of the target outside': [
    'put',
    (app, victim) => ({ puts: [{ path: join(victim, 'new'), from: join(app, 'a') }] }),
  ],
  'puts a file outside into the target': [
    'put',
    (app, victim) => ({ puts: [{ path: join(app, 'new'), from: join(victim, 'secret') }] }),
  ],
  'takes a file of the target to a folder outside': [
    'take',
    (app, victim) => ({ takes: [{ path: join(app, 'a'), to: join(victim, 'keys', 'a') }] }),
  ],
  'takes a file of the target outside, through a link': [
    'take',
    (app) => ({ takes: [{ path: join(app, 'a'), to: join(app, 'link', 'a') }] }),
    (app, victim) => symlinkSync(victim, join(app, 'link')),
  ],
  'takes a file of the target outside, through a work folder that leads there': [
    'take',
    (app) => ({ takes: [{ path: join(app, 'a'), to: work(app, 'backup') }] }),
    (app, victim) => symlinkSync(victim, join(app, '.vpa-work', 'backup')),
  ],
  'puts something of a work folder that leads outside': [
    'put',
    (app) => ({ puts: [{ path: join(app, 'new'), from: join(app, '.vpa-work', 'draft', 'secret') }] }),
    (app, victim) => symlinkSync(victim, join(app, '.vpa-work', 'draft')),
  ],
  'gives a mode to a file outside': ['put', (_, victim) => ({ modes: [[join(victim, 'secret'), 0o777]] })],
  'gives a mode to a file outside, through a link': [
    'put',
    (app) => ({ modes: [[join(app, 'link', 'secret'), 0o777]] }),
    (app, victim) => symlinkSync(victim, join(app, 'link')),
  ],
  'keeps its backups outside': ['put', (_, victim) => ({ keep: join(victim, 'keys') })],
};

describe('a record that somebody else left', () => {
  for (const [what, [state, lie, prepare]] of Object.entries(lies)) {
    it(`which ${what}: nothing outside of the target changes`, () =>
      withScratch(async (root) => {
        const [app, victim] = [join(root, 'shared', 'app'), join(root, 'victim')];
        writeTree(app, base);
        writeTree(victim, outside);
        plant(join(app, '.vpa-work'), `${state}.json`, app, lie(app, victim));
        prepare?.(app, victim);
        const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(treeOf({ a: 'two' })) });
        // A mode behind a link is passed over; all else is refused.
        const passes = what.includes('mode') && prepare !== undefined;
        for (const run of [async () => recoverDirectory(app), async () => applyPatch(patch, { to: app })]) {
          if (passes) await run();
          else await refusal(run, 'E_CONFLICT');
          expect(listing(readTree(victim))).to.deep.equal(listing(outside));
          if (passes) return;
        }
        expect(readFileSync(join(app, 'a'), 'latin1')).to.equal('one');
      }));
  }

  it('beside a folder, for a new one of its name: nothing beside changes', () =>
    withScratch(async (root) => {
      const place = join(root, 'app');
      writeTree(place, base);
      writeTree(join(root, 'application'), base);
      const before = listing(readTree(root));
      const work = join(root, '.app.vpa-work');
      plant(work, 'take.json', root, {
        takes: [{ path: join(root, 'application'), to: join(work, 'backup', '0') }],
      });
      mkdirSync(join(work, 'backup'));
      await refusal(() => recoverDirectory(place), 'E_CONFLICT');
      rmSync(work, { recursive: true });
      expect(listing(readTree(root))).to.deep.equal(before);
    }));

  it('as a kept one: undo takes nothing from outside, and what is discarded removes nothing there', () =>
    withScratch(async (root) => {
      const [app, victim] = [join(root, 'app'), join(root, 'victim')];
      const secret = join(victim, 'secret');
      const names = besideNames(secret, app);
      for (const name of ['record.json', 'discarded.json']) {
        writeTree(app, base);
        writeTree(victim, outside);
        const folder = join(app, '.vpa', 'undo-1');
        plant(folder, name, app, {
          keep: folder,
          takes: [{ path: secret, to: names.undo(1) }],
          puts: [{ path: secret, from: names.draft }],
        });
        if (name === 'record.json') await refusal(() => undoDirectory(app), 'E_CONFLICT');
        else await recoverDirectory(app);
        expect(listing(readTree(victim))).to.deep.equal(listing(outside));
        rmSync(app, { recursive: true });
      }
    }));

  it('as a list of drafts: only names that runs on this target give are removed', () =>
    withScratch(async (root) => {
      const [app, victim] = [join(root, 'app'), join(root, 'victim')];
      const around: Tree = treeOf({ 'secret.vpa-draft': 'mine', secret: 'mine' });
      writeTree(app, base);
      writeTree(victim, around);
      mkdirSync(join(app, '.vpa-work'));
      const list = ['secret', 'secret.vpa-draft'].map((name) => relative(app, join(victim, name)));
      writeFileSync(join(app, '.vpa-work', 'beside.json'), JSON.stringify(list));
      await recoverDirectory(app);
      expect(listing(readTree(victim))).to.deep.equal(listing(around));
    }));

  it('in a work folder that is a link: refused, and what it leads to is as it was', () =>
    withScratch(async (root) => {
      const [app, victim] = [join(root, 'app'), join(root, 'victim')];
      writeTree(app, base);
      writeTree(victim, outside);
      symlinkSync(victim, join(app, '.vpa-work'));
      const patch = await makePatch({ base: memoryLayer(base), target: memoryLayer(treeOf({ a: 'two' })) });
      await refusal(() => applyPatch(patch, { to: app }), 'E_CONFLICT');
      await refusal(() => recoverDirectory(app), 'E_CONFLICT');
      expect(listing(readTree(victim))).to.deep.equal(listing(outside));
    }));
});

describe('registry files beside a target', () => {
  const reg = (value: string): string =>
    `REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\A]\r\n"v"="${value}"\r\n`;

  async function withRegistry(use: (root: string, patch: Buffer) => Promise<void>): Promise<void> {
    await withScratch(async (root) => {
      for (const [name, value] of [
        ['app', '1'],
        ['new', '2'],
      ] as const) {
        writeTree(join(root, name), base);
        writeFileSync(join(root, `${name}.reg`), reg(value));
      }
      const patch = await makePatch({
        base: { path: join(root, 'app'), registry: [join(root, 'app.reg')] },
        target: { path: join(root, 'new'), registry: [join(root, 'new.reg')] },
      });
      rmSync(join(root, 'new'), { recursive: true });
      rmSync(join(root, 'new.reg'));
      await use(root, patch);
    });
  }

  it('leave what a user has beside them, whatever its name', () =>
    withRegistry(async (root, patch) => {
      const mine = ['app.reg.vpa-draft', 'app.reg.vpa-backup', 'app.reg.vpa-undo-1'];
      for (const name of mine) writeFileSync(join(root, name), 'mine');
      const options = { to: join(root, 'app'), registry: [join(root, 'app.reg')] };
      await applyPatch(patch, { ...options, backup: 'keep' });
      await undoDirectory(join(root, 'app'));
      await applyPatch(patch, options);
      const tree = readTree(root, ['app']);
      expect([...tree.keys()].sort()).to.deep.equal(['app.reg', ...mine].sort());
      for (const name of mine) expect(readFileSync(join(root, name), 'latin1')).to.equal('mine');
    }));

  it('may belong to two targets: each goes back by its own backup', () =>
    withRegistry(async (root, patch) => {
      const registry = [join(root, 'app.reg')];
      writeTree(join(root, 'other'), base);
      const two = await makePatch({
        base: { path: join(root, 'app'), registry },
        target: memoryLayer(treeOf({ a: 'two', 'd/x': 'x' })),
      });
      await applyPatch(patch, { to: join(root, 'app'), registry, backup: 'keep' });
      const changed = readFileSync(registry[0]!);
      await refusal(() => applyPatch(two, { to: join(root, 'other'), registry, backup: 'keep' }));
      writeFileSync(registry[0]!, reg('1'));
      await applyPatch(two, { to: join(root, 'other'), registry, backup: 'keep' });
      await undoDirectory(join(root, 'other'));
      expect(readFileSync(registry[0]!, 'latin1')).to.equal(reg('1'));
      writeFileSync(registry[0]!, changed);
      await undoDirectory(join(root, 'app'));
      expect(readFileSync(registry[0]!, 'latin1')).to.equal(reg('1'));
      expect([...readTree(root).keys()].filter((path) => path.includes('.vpa'))).to.deep.equal([]);
    }));

  it('are not touched by a record of this target that lost its note beside them', () =>
    withRegistry(async (root, patch) => {
      const [app, registry] = [join(root, 'app'), [join(root, 'app.reg')]];
      const moments: Tree[] = [];
      await watchingCalls(
        () => void moments.push(readTree(root)),
        () => applyPatch(patch, { to: app, registry }),
      );
      const decided = moments.filter((one) => one.has('app/.vpa-work/put.json'));
      expect(decided.length).to.be.above(3);
      for (const [n, moment] of decided.entries()) {
        const left = join(root, String(n));
        const note = [...moment.keys()].find((path) => path.includes('.vpa-note-'));
        if (note === undefined) continue;
        writeTree(left, new Map([...moment].filter(([path]) => path !== note)));
        const before = listing(readTree(left, ['app']));
        const error = await refusal(() => recoverDirectory(join(left, 'app')), 'E_CONFLICT');
        expect(error.help).to.contain('nothing was touched');
        expect(listing(readTree(left, ['app']))).to.deep.equal(before);
        rmSync(left, { recursive: true });
      }
    }));
});
