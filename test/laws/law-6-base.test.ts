import { expect } from 'chai';
import fc from 'fast-check';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../src/bytes.ts';
import { type PatchError, isPatchError } from '../../src/errors.ts';
import type { Difference, DriftCounts } from '../../src/store/drift.ts';
import { memoryLayer } from '../fixtures/memory-layer.ts';
import { applyPatch, makePatch, refusal, runs } from '../fixtures/patching.ts';
import { treePairs } from '../fixtures/random-layer.ts';
import {
  type Node,
  type Tree,
  file,
  footprint,
  link,
  listing,
  readTree,
  treeOf,
  withScratch,
  writeTree,
} from '../fixtures/tree.ts';

const base = treeOf({
  changed: 'old',
  gone: 'x',
  'from/moved': 'moves',
  l: link('changed'),
  reference: 'copied',
  kept: '1',
});
const target = treeOf({
  changed: 'new',
  'to/moved': 'moves',
  l: link('kept'),
  reference: 'copied',
  copy: 'copied',
  kept: '1',
  added: '2',
});

/** What an error tells programs. */
function driftOf({ data }: PatchError): { counts: DriftCounts; differences: readonly Difference[] } {
  return data['drift'] as { counts: DriftCounts; differences: readonly Difference[] };
}

type Edit = Readonly<Record<string, string | Node | null>>;

/** The base with other entries; `undefined` is not there. */
function edited(changes: Edit, without: readonly string[] = []): Tree {
  const tree = new Map(base);
  for (const path of without) tree.delete(path);
  for (const [path, node] of treeOf(changes)) {
    if (node.type === 'directory' && tree.get(path)?.type === 'directory') continue;
    tree.set(path, node);
  }
  return tree;
}

function oneOf(tree: Tree, path: string): Tree {
  const node = tree.get(path);
  return new Map(node ? [[path, node]] : []);
}

const differences: readonly [title: string, tree: Tree, details: readonly string[]][] = [
  ['a missing file', edited({}, ['changed']), ['AppRoot/changed: is missing']],
  ['other content of one size', edited({ changed: 'odl' }), ['AppRoot/changed: has another content']],
  ['another size', edited({ changed: 'older' }), ['AppRoot/changed: has 5 bytes, not 3']],
  ['another type', edited({ changed: null }), ['AppRoot/changed: is a directory, not a file']],
  [
    'a link in place of a file',
    edited({ changed: link('gone') }),
    ['AppRoot/changed: is a link, not a file'],
  ],
  ['a link that leads elsewhere', edited({ l: link('gone') }), ['AppRoot/l: leads to gone, not to changed']],
  [
    'something where the patch adds',
    edited({ added: 'mine' }),
    ['AppRoot/added: is there, but the patch adds it'],
  ],
  [
    'something where a file moves to',
    edited({ 'to/moved': 'mine' }),
    ['AppRoot/to/moved: is there, but the patch adds it'],
  ],
  ['a missing file that moves', edited({}, ['from/moved']), ['AppRoot/from/moved: is missing']],
  [
    'a missing file that is to be removed',
    edited({}, ['gone']),
    ['AppRoot/gone: is missing (as the patch leaves it)'],
  ],
  ['a changed file that is to be removed', edited({ gone: 'y' }), ['AppRoot/gone: has another content']],
  [
    'a changed file that is copied',
    edited({ reference: 'edited' }),
    ['AppRoot/reference: has another content'],
  ],
  [
    'several at once',
    edited({ changed: 'x', added: 'y' }, ['gone']),
    [
      'AppRoot/added: is there, but the patch adds it',
      'AppRoot/changed: has 1 bytes, not 3',
      'AppRoot/gone: is missing (as the patch leaves it)',
    ],
  ],
];

describe('law 6: a patch applies only to the state it was made for', () => {
  const made = makePatch({ base: memoryLayer(base), target: memoryLayer(target) });

  for (const [title, tree, details] of differences) {
    it(`names ${title}, and changes nothing`, () =>
      withScratch(async (root) => {
        const [place, out] = [join(root, 'app'), join(root, 'out')];
        writeTree(place, tree);
        const patch = await made;
        const before = footprint(root);
        for (const options of [{ to: place }, { to: place, out }]) {
          const error = await refusal(() => applyPatch(patch, options), 'E_BASE_MISMATCH');
          expect(error.details).to.deep.equal(details);
          expect(error.stage).to.equal('apply');
          expect(error.entry).to.equal(details[0]!.slice(0, details[0]!.indexOf(': ')));
          expect(error.message).to.contain(
            details.length === 1 ? '1 entry differs' : `${details.length} entries`,
          );
        }
        expect(footprint(root)).to.deep.equal(before);
      }));
  }

  it('does not mind what it does not touch', () =>
    withScratch(async (root) => {
      writeTree(root, edited({ kept: 'another', mine: 'mine' }));
      await applyPatch(await made, { to: root });
      const wanted = new Map([...target, ['kept', file('another')], ['mine', file('mine')]] as const);
      expect(listing(readTree(root))).to.deep.equal(listing(wanted));
    }));

  it('does not mind other modes', () =>
    withScratch(async (root) => {
      writeTree(root, edited({ changed: file('old', 0o600) }));
      await applyPatch(await made, { to: root });
      expect(listing(readTree(root))).to.deep.equal(listing(target));
    }));

  it('that is the target already: says so and does nothing', () =>
    withScratch(async (root) => {
      writeTree(root, target);
      const before = footprint(root);
      expect(await applyPatch(await made, { to: root })).to.include('already-applied');
      expect(footprint(root)).to.deep.equal(before);
    }));

  it('that is partly the target is neither', () =>
    withScratch(async (root) => {
      writeTree(root, edited({ changed: 'new' }));
      const error = await refusal(async () => applyPatch(await made, { to: root }), 'E_BASE_MISMATCH');
      expect(error.details).to.deep.equal(['AppRoot/changed: has another content (as the patch leaves it)']);
    }));

  it('lists 20 differences and counts the rest', () =>
    withScratch(async (root) => {
      const names = Array.from({ length: 30 }, (_, n) => `f${n}`);
      const of = (text: string): Tree =>
        treeOf(Object.fromEntries(names.map((name) => [name, `${name} ${text}`])));
      const patch = await makePatch({ base: memoryLayer(of('old')), target: memoryLayer(of('new')) });
      const error = await refusal(() => applyPatch(patch, { to: root }), 'E_BASE_MISMATCH');
      expect(error.details).to.have.length(21);
      expect(error.details.at(-1)).to.equal('… and 10 more');
      expect(error.message).to.contain('30 entries differ (30 missing)');
      const { counts, differences } = driftOf(error);
      expect(counts).to.deep.equal({ missing: 30, changed: 0, extra: 0 });
      expect(differences.map(({ name }) => name)).to.deep.equal(
        names.map((name) => `AppRoot/${name}`).sort(),
      );
    }));

  it('describes each difference to programs: what was expected, what is there', () =>
    withScratch(async (root) => {
      const tree = edited({ added: '2', changed: null, l: link('gone') }, ['gone', 'reference']);
      writeTree(root, tree);
      const error = await refusal(async () => applyPatch(await made, { to: root }), 'E_BASE_MISMATCH');
      const { counts, differences } = driftOf(error);
      expect(counts).to.deep.equal({ missing: 2, changed: 2, extra: 1 });
      const plain = differences.map(({ name, kind, what, isTarget, expected, found }) =>
        [name, kind, what ?? '', isTarget === true, expected?.type ?? '', found?.type ?? ''].join(' '),
      );
      expect(plain).to.deep.equal([
        'AppRoot/added extra  true  file',
        'AppRoot/changed changed type false file directory',
        'AppRoot/gone missing  true file ',
        'AppRoot/l changed link false link link',
        'AppRoot/reference missing  false file ',
      ]);
      expect(differences[3]).to.deep.include({
        expected: { type: 'link', to: 'changed' },
        found: { type: 'link', to: 'gone' },
      });
    }));

  it('says of an edit that it is newer than the last patch only where it knows when that was', () =>
    withScratch(async (root) => {
      writeTree(root, edited({ changed: 'odl', gone: 'y' }));
      const find = async (): Promise<readonly Difference[]> =>
        driftOf(await refusal(async () => applyPatch(await made, { to: root }), 'E_BASE_MISMATCH'))
          .differences;
      const year = (n: number): Date => new Date(Date.UTC(n, 0, 1));
      utimesSync(join(root, 'changed'), year(2020), year(2020));
      utimesSync(join(root, 'gone'), year(2022), year(2022));
      for (const one of await find()) expect(one).to.have.property('written').and.not.equal(undefined);
      for (const one of await find()) expect(one).not.to.have.property('sinceApply');
      mkdirSync(join(root, '.vpa'));
      const last = { id: 'notes', name: '', from: '', to: '', digest: digestOf(new Uint8Array()) };
      writeFileSync(join(root, '.vpa', 'state.json'), JSON.stringify({ format: 1, last, sequences: {} }));
      utimesSync(join(root, '.vpa', 'state.json'), year(2021), year(2021));
      expect((await find()).map(({ name, sinceApply }) => [name, sinceApply])).to.deep.equal([
        ['AppRoot/changed', false],
        ['AppRoot/gone', true],
      ]);
      const error = await refusal(async () => applyPatch(await made, { to: root }), 'E_BASE_MISMATCH');
      expect(error.details).to.deep.equal([
        'AppRoot/changed: has another content',
        'AppRoot/gone: has another content (written after the last patch, 2022-01-01T00:00:00.000Z)',
      ]);
    }));

  it('applied to any third state: the target, or a refusal that changes nothing', () =>
    fc.assert(
      fc.asyncProperty(treePairs, treePairs, (pair, other) =>
        withScratch(async (root) => {
          const patch = await makePatch({ base: memoryLayer(pair.base), target: memoryLayer(pair.target) });
          writeTree(root, other.target);
          const before = listing(readTree(root));
          const touched = new Set([...pair.base.keys(), ...pair.target.keys()]);
          try {
            await applyPatch(patch, { to: root });
          } catch (error) {
            if (!isPatchError(error)) throw error;
            expect(listing(readTree(root))).to.deep.equal(before);
            return;
          }
          const after = readTree(root);
          for (const [path, node] of pair.target) {
            const changed =
              listing(new Map([[path, node]])).join() !== listing(oneOf(pair.base, path)).join();
            if (changed)
              expect(listing(oneOf(after, path)), path).to.deep.equal(listing(new Map([[path, node]])));
          }
          // Whatever the patch says nothing of is as it was.
          for (const [path, node] of other.target) {
            if (!touched.has(path)) expect(after.get(path), path).to.deep.equal(node);
          }
        }),
      ),
      runs(40),
    ));
});
