/** The benchmark of trees must not be fooled: it sees wrong results, and a goal that was missed is said to be. */
import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Corpus, corpora } from '../../bench/trees/corpora.ts';
import { goalsOf } from '../../bench/trees/goals.ts';
import type { Figures, Line, ToolRecord } from '../../bench/trees/records.ts';
import { compareVersions, differenceOf } from '../../bench/trees/tree.ts';
import { withScratch } from '../fixtures/tree.ts';

type Files = Readonly<Record<string, string>>;

function writeFiles(root: string, files: Files): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const some: Corpus = {
  id: 'some',
  package: 'some',
  versions: ['1', '2'],
  set: 'goals',
  kind: 'text',
  character: '',
  renames: [['-1', '-2']],
};

describe('benchmark of trees', () => {
  it('lists every corpus once, and enough that nobody has tuned on', () => {
    expect(new Set(corpora.map(({ id }) => id)).size).to.equal(corpora.length);
    expect(corpora.filter(({ set }) => set === 'held-out')).to.have.length.of.at.least(4);
  });

  it('tells changed, renamed, added, removed and unchanged files apart', async () => {
    await withScratch(async (scratch) => {
      const v1 = writeFiles(join(scratch, 'v1'), { same: 'a', 'lib/x-1.jar': 'b', edited: 'c', gone: 'd' });
      const v2 = writeFiles(join(scratch, 'v2'), { same: 'a', 'lib/x-2.jar': 'bb', edited: 'C', new: 'eee' });
      const trees = compareVersions({ v1, v2 }, some);
      expect(trees.unchanged).to.deep.equal(['same']);
      expect(trees.changed).to.deep.equal([
        { from: 'edited', to: 'edited' },
        { from: 'lib/x-1.jar', to: 'lib/x-2.jar' },
      ]);
      expect([trees.added, trees.removed]).to.deep.equal([['new'], ['gone']]);
      expect(trees.summary.changedBytes).to.equal(6);
    });
  });

  const wanted = { 'a/b': '12', c: '' };
  const wrong: readonly [what: string, files: Files][] = [
    ['another byte', { 'a/b': '13', c: '' }],
    ['another length', { 'a/b': '123', c: '' }],
    ['a missing file', { 'a/b': '12' }],
    ['one too many', { ...wanted, d: '' }],
  ];
  for (const [what, files] of wrong) {
    it(`sees ${what} in a result`, async () => {
      await withScratch(async (scratch) => {
        const target = writeFiles(join(scratch, 'target'), wanted);
        expect(differenceOf(writeFiles(join(scratch, 'right'), wanted), target)).to.equal(null);
        expect(differenceOf(writeFiles(join(scratch, 'wrong'), files), target)).to.be.a('string');
      });
    });
  }

  const figures: Figures = { wall: 1000, walls: [1000], cpu: 1000, memory: 2 ** 20, around: 0 };
  const record = (tool: string, patch: number, more: Partial<ToolRecord> = {}): ToolRecord => ({
    ...{ corpus: 'some', set: 'goals', kind: 'text', tool, title: tool, version: '1', machine: {} },
    tree: { files: [1, 1], bytes: [9, 9], changedBytes: 9, changed: 1, added: 0, removed: 0 },
    ...{ patch, create: figures, apply: figures, inPlace: null, error: null },
    ...more,
  });
  const missed = (...lines: Line[]): string[] =>
    goalsOf(lines, 'goals').flatMap(({ text, holds }) =>
      holds ? [] : [text.split(':').slice(0, 2).join(':')],
    );

  it('holds patches against the smallest peer whose result is right', () => {
    const smaller = 'vpa-default: text smaller than the best peer';
    const mean = 'vpa-default: text / best peer, geometric mean, at most 0.90';
    const peers = [record('large', 200), record('small', 100)];
    expect(missed(record('vpa-default', 80), ...peers)).to.deep.equal([]);
    expect(missed(record('vpa-default', 95), ...peers)).to.deep.equal([mean]);
    expect(missed(record('vpa-default', 100), ...peers)).to.deep.equal([smaller, mean]);
    expect(
      missed(record('vpa-default', 80), ...peers, record('broken', 10, { error: 'wrong result' })),
    ).to.deep.equal([]);
  });

  it('misses a goal where our own result is wrong', () => {
    const [first] = missed(record('vpa-default', 80, { error: 'wrong result' }), record('small', 100));
    expect(first).to.match(/^every result is the new tree/);
  });

  it('holds memory and the copy against every corpus', () => {
    const memory: Figures = { ...figures, memory: 2 ** 31 };
    const copy: Line = { corpus: 'some', tool: 'limits', machine: {}, copy: 100, read: 1, digest: 1 };
    const ours = record('vpa-fast', 1, { create: memory, apply: memory });
    expect(missed(ours, copy)).to.deep.equal([
      'vpa-fast: apply to a new folder / cp -r, median, at most 2',
      'vpa-fast: apply, memory, at most 256 MiB',
      'vpa-fast: create, memory, at most 1024 MiB',
    ]);
  });

  it('says nothing of goals without figures', () => {
    expect(goalsOf([record('small', 100)], 'goals')).to.deep.equal([]);
  });
});
