/** Several patches for several layers of a store: one transaction, by command. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { imprint } from '../fixtures/stores.ts';
import { type Outcome, makeFolder, noise, readTree, removeFolder, vpa, writeTree } from './command.ts';

interface LayerDone {
  readonly status: string;
  readonly to: string;
  readonly place: string;
  readonly steps?: readonly { readonly file: string; readonly applied: boolean }[];
}

interface Document {
  readonly status: string;
  readonly mode: string;
  readonly layers: readonly LayerDone[];
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

describe('cli: patches for several layers', function () {
  this.timeout(300_000);
  let cwd = '';
  const store = (): string => join(cwd, 'store');
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const apply = async (...words: string[]): Promise<Outcome> =>
    run('apply', ...words, '--allow-unsigned', '--store', 'store');
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.err).to.equal(0);
    return outcome;
  };
  const done = (outcome: Outcome): Document => JSON.parse(ok(outcome).out) as Document;
  const bring = async (folder: string): Promise<Outcome> =>
    run('layer', 'import', folder, '--store', 'store', '--quiet');
  const files = (layer: number, generation: number): Record<string, string> =>
    readTree(join(store(), `${layer}/generations/${generation}/read-only/files/AppRoot`));

  before(async () => {
    cwd = makeFolder();
    const versions = { notes: ['1.0.0', '1.1.0', '1.2.0'], mail: ['3.0.0', '3.1.0'] };
    for (const [name, numbers] of Object.entries(versions)) {
      for (const version of numbers)
        writeTree(join(cwd, `${name}-${version}`), {
          'package.json': JSON.stringify({ name, version }),
          readme: `${name} ${version}`,
          data: noise(5000, name.length),
        });
      for (const [at, version] of numbers.slice(1).entries()) {
        const words = [`${name}-${numbers[at]!}`, `${name}-${version}`, '-o', `${name}-${version}.vpa`];
        ok(await run('create', ...words, '--quiet'));
      }
    }
  });
  beforeEach(async () => {
    rmSync(store(), { recursive: true, force: true });
    for (const folder of ['notes-1.0.0', 'mail-3.0.0']) ok(await bring(folder));
  });
  after(() => removeFolder(cwd));

  const all = ['notes-1.2.0.vpa', 'mail-3.1.0.vpa', 'notes-1.1.0.vpa'];

  it('finds the layer of each, in whatever order they are named, and applies all', async () => {
    const before = imprint(store());
    const dry = done(await apply(...all, '--dry-run', '--json'));
    expect(dry.status).to.equal('dry-run');
    expect(imprint(store())).to.deep.equal(before);
    const made = done(await apply(...all, '--json'));
    expect(made).to.include({ status: 'applied', mode: 'in-place' });
    const [notes, mail] = made.layers;
    expect(notes).to.include({ status: 'applied', to: '1.2.0', place: 'layer 1 (notes 1.2.0)' });
    expect(notes!.steps!.map(({ file }) => file)).to.deep.equal(['notes-1.1.0.vpa', 'notes-1.2.0.vpa']);
    expect(mail).to.include({ status: 'applied', to: '3.1.0', place: 'layer 2 (mail 3.1.0)' });
    expect(made.notices.filter(({ code }) => code === 'untrusted')).to.have.length(1);
    expect(files(1, 2)).to.deep.equal(readTree(join(cwd, 'notes-1.2.0')));
    expect(files(2, 2)).to.deep.equal(readTree(join(cwd, 'mail-3.1.0')));
    expect(readdirSync(store()).sort()).to.deep.equal(['1', '2', 'store.json']);
    const again = done(await apply(...all, '--json'));
    expect(again.layers.map(({ status }) => status)).to.deep.equal(['already-applied', 'already-applied']);
  });

  it('says of each layer what was made of it', async () => {
    ok(await apply('notes-1.1.0.vpa'));
    const { out, err } = ok(await apply(...all));
    expect(err).to.contain('layer 1 (notes 1.1.0) is what notes-1.1.0.vpa, notes-1.2.0.vpa are for');
    expect(out).to.match(/notes-1\.1\.0\.vpa +\(applied already\)/);
    expect(out).to.contain('made layer 1 (notes 1.2.0): 2 changed');
    expect(out).to.contain('made layer 2 (mail 3.1.0): 2 changed');
  });

  it('takes several steps for one layer without naming it', async () => {
    const made = JSON.parse(ok(await apply('notes-1.2.0.vpa', 'notes-1.1.0.vpa', '--json')).out) as LayerDone;
    expect(made).to.include({ status: 'applied', to: '1.2.0', place: 'layer 1 (notes 1.2.0)' });
    expect(files(1, 2)).to.deep.equal(readTree(join(cwd, 'notes-1.2.0')));
  });

  it('says where a layer is newer than what a patch is for', async () => {
    ok(await apply('notes-1.2.0.vpa', 'notes-1.1.0.vpa'));
    const { status, err } = await apply('notes-1.1.0.vpa', 'mail-3.1.0.vpa');
    expect(status, err).to.equal(6);
    expect(err).to.contain('it is newer than 1.0.0: get the patch that starts from 1.2.0, or go back first');
  });

  it('makes a new layer of each where that is asked for', async () => {
    const made = done(await apply(...all, '--mode', 'new', '--json'));
    expect(made.layers.map(({ place }) => place)).to.deep.equal([
      'layer 3 (notes 1.2.0), a new one',
      'layer 4 (mail 3.1.0), a new one',
    ]);
    expect(files(1, 1)).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
    expect(files(4, 1)).to.deep.equal(readTree(join(cwd, 'mail-3.1.0')));
  });

  it('changes nothing where one of them fits no layer, or several, or is there twice', async () => {
    const refused = async (status: number, words: readonly string[], ...texts: string[]): Promise<void> => {
      const before = imprint(store());
      const outcome = await apply(...words);
      expect(outcome.status, outcome.err).to.equal(status);
      for (const text of texts) expect(outcome.err).to.contain(text);
      expect(imprint(store())).to.deep.equal(before);
    };
    await refused(
      6,
      ['mail-3.1.0.vpa', 'notes-1.2.0.vpa'],
      'notes-1.2.0.vpa: no layer in',
      'the nearest is layer 1 (notes 1.0.0)',
      'the patch from 1.0.0 to 1.1.0 is missing',
    );
    await refused(3, ['mail-3.1.0.vpa', 'mail-3.1.0.vpa'], 'are the same step, 3.0.0 → 3.1.0');
    await refused(3, ['notes-1.1.0.vpa', 'mail-3.1.0.vpa', '--layer', '1'], 'for different applications');
    const excluding = ['--exclude', 'data', '-o', 'other.vpa', '--quiet'];
    ok(await run('create', 'notes-1.0.0', 'notes-1.1.0', ...excluding));
    await refused(
      3,
      ['notes-1.1.0.vpa', 'other.vpa'],
      'are both for layer 1 (notes 1.0.0), but do not follow',
    );
    writeTree(cwd, { 'torn.vpa': 'no patch' });
    await refused(4, ['notes-1.1.0.vpa', 'torn.vpa'], 'torn.vpa: ');
    const bad = readFileSync(join(cwd, 'mail-3.1.0.vpa'));
    const at = bad.indexOf('frames/000000') + 'frames/000000'.length + 8;
    bad[at] = (bad[at] ?? 0) ^ 255;
    writeFileSync(join(cwd, 'bad.vpa'), bad);
    // Its contents are looked at when the first one is built already.
    await refused(4, ['notes-1.1.0.vpa', 'bad.vpa'], 'bad.vpa: ');
    ok(await bring('mail-3.0.0'));
    await refused(7, all, '2 layers are what mail-3.1.0.vpa is for', 'layer 3 (mail 3.0.0)');
  });
});
