/** `vpa apply --patches FOLDER` for layers of a store: the road from where a layer is, by command. */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { bendPart } from '../fixtures/bent.ts';
import { imprint } from '../fixtures/stores.ts';
import { type Outcome, makeFolder, noise, readTree, removeFolder, vpa, writeTree } from './command.ts';

interface Done {
  readonly status: string;
  readonly from: string;
  readonly to: string;
  readonly place: string;
  readonly mode: string;
  readonly steps: readonly { readonly file: string }[];
  readonly notices: readonly { readonly code: string; readonly message: string }[];
}

describe('cli: the road of a layer through a folder of patches', function () {
  this.timeout(300_000);
  let cwd = '';
  const store = (): string => join(cwd, 'store');
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const road = async (...words: string[]): Promise<Outcome> =>
    run('apply', '--patches', 'updates', ...words, '--allow-unsigned', '--store', 'store');
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.err).to.equal(0);
    return outcome;
  };
  const done = (outcome: Outcome): Done => JSON.parse(ok(outcome).out) as Done;
  const refused = async (
    status: number,
    words: readonly string[],
    ...texts: readonly string[]
  ): Promise<Outcome> => {
    const before = imprint(store());
    const outcome = await road(...words);
    expect(outcome.status, outcome.err).to.equal(status);
    for (const text of texts) expect(outcome.err).to.contain(text);
    expect(imprint(store())).to.deep.equal(before);
    return outcome;
  };
  const files = (layer: number, generation: number): Record<string, string> =>
    readTree(join(store(), `${layer}/generations/${generation}/read-only/files/AppRoot`));
  const steps = ({ steps: all }: Done): string[] => all.map(({ file }) => file.replace('updates/', ''));
  const offered = (...names: string[]): void => {
    rmSync(join(cwd, 'updates'), { recursive: true, force: true });
    mkdirSync(join(cwd, 'updates'));
    for (const name of names) cpSync(join(cwd, name), join(cwd, 'updates', name));
  };

  before(async () => {
    cwd = makeFolder();
    const versions = { notes: ['1.0.0', '1.1.0', '1.2.0'], mail: ['3.0.0', '3.1.0'] };
    for (const [name, numbers] of Object.entries(versions)) {
      for (const [at, version] of numbers.entries())
        writeTree(join(cwd, `${name}-${version}`), {
          'package.json': JSON.stringify({ name, version }),
          readme: `${name} ${version}`,
          // What is new each time: one patch over two versions is smaller than two.
          data: noise(5000, name.length + 100 * at),
        });
      for (const [at, version] of numbers.slice(1).entries()) {
        const words = [`${name}-${numbers[at]!}`, `${name}-${version}`, '-o', `${name}-${version}.vpa`];
        ok(await run('create', ...words, '--quiet'));
      }
    }
    ok(await run('create', 'notes-1.0.0', 'notes-1.2.0', '-o', 'notes-both.vpa', '--quiet'));
  });
  beforeEach(async () => {
    rmSync(store(), { recursive: true, force: true });
    for (const folder of ['notes-1.0.0', 'mail-3.0.0'])
      ok(await run('layer', 'import', folder, '--store', 'store', '--quiet'));
  });
  after(() => removeFolder(cwd));

  it('finds the layer by its state, and takes all steps as one generation', async () => {
    offered('notes-1.1.0.vpa', 'notes-1.2.0.vpa', 'mail-3.1.0.vpa');
    const before = imprint(store());
    const dry = done(await road('--to-version', '1.2.0', '--dry-run', '--json'));
    expect(dry).to.include({ status: 'dry-run', from: '1.0.0', to: '1.2.0' });
    expect(imprint(store())).to.deep.equal(before);
    const made = done(await road('--to-version', '1.2.0', '--json'));
    expect(made).to.include({ status: 'applied', to: '1.2.0', place: 'layer 1 (notes 1.2.0)' });
    expect(steps(made)).to.deep.equal(['notes-1.1.0.vpa', 'notes-1.2.0.vpa']);
    expect(made.notices.map(({ message }) => message)).to.include(
      'layer 1 (notes 1.0.0) is found: 2 patches lead from there to 1.2.0',
    );
    expect(files(1, 2)).to.deep.equal(readTree(join(cwd, 'notes-1.2.0')));
    expect(files(2, 1)).to.deep.equal(readTree(join(cwd, 'mail-3.0.0')));
    const again = done(await road('--to-version', '1.2.0', '--json'));
    expect(again).to.include({ status: 'already-applied', place: 'layer 1 (notes 1.2.0)', to: '1.2.0' });
  });

  it('takes the cheapest road, to the newest version of a range, into a new layer', async () => {
    offered('notes-1.1.0.vpa', 'notes-1.2.0.vpa', 'notes-both.vpa');
    const made = done(await road('--to-version', '^1.0', '--mode', 'new', '--json'));
    expect(made).to.include({ to: '1.2.0', mode: 'new', place: 'layer 3 (notes 1.2.0), a new one' });
    expect(steps(made)).to.deep.equal(['notes-both.vpa']);
    expect(files(3, 1)).to.deep.equal(readTree(join(cwd, 'notes-1.2.0')));
    expect(files(1, 1)).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
  });

  it('asks which layer is meant, and --layer says it', async () => {
    offered('notes-1.1.0.vpa', 'mail-3.1.0.vpa');
    await refused(7, [], '2 layers are what the patches of updates are for', 'layer 2 (mail 3.0.0)');
    const made = done(await road('--layer', 'mail', '--json'));
    expect(made).to.include({ to: '3.1.0', place: 'layer 2 (mail 3.1.0)' });
    // Where one is there already, the other is meant.
    expect(done(await road('--json'))).to.include({ to: '1.1.0', place: 'layer 1 (notes 1.1.0)' });
  });

  it('names the link that is missing, of each layer, or of the one that is meant', async () => {
    offered('notes-1.2.0.vpa', 'mail-3.1.0.vpa');
    // Nothing starts at what the layer of notes is.
    await refused(3, ['--to-version', '1.2.0'], 'layer 2 (mail 3.0.0): no patch leads to 1.2.0');
    await refused(6, ['--layer', 'notes'], 'the nearest is layer 1', 'from 1.0.0 to 1.1.0 is missing');
    offered('notes-1.1.0.vpa', 'mail-3.1.0.vpa');
    const outcome = await refused(
      3,
      ['--to-version', '9.0.0'],
      'no road leads to 9.0.0 from any of the layers',
      'layer 1 (notes 1.0.0): no patch leads to 9.0.0; there are patches to 1.1.0',
    );
    expect(outcome.err).to.contain('layer 2 (mail 3.0.0): no patch leads to 9.0.0');
  });

  it('does not lead over a damaged patch, and names it where there is no other road', async () => {
    offered('notes-1.1.0.vpa', 'notes-1.2.0.vpa', 'notes-both.vpa');
    bendPart(join(cwd, 'updates', 'notes-both.vpa'), 'index');
    const made = done(await road('--to-version', '1.2.0', '--dry-run', '--json'));
    expect(steps(made)).to.deep.equal(['notes-1.1.0.vpa', 'notes-1.2.0.vpa']);
    expect(
      made.notices.filter(({ code }) => code === 'patch-ignored').map(({ message }) => message),
    ).to.match(/^updates\/notes-both\.vpa is passed over: /);
    bendPart(join(cwd, 'updates', 'notes-1.2.0.vpa'), 'index');
    const { err } = await refused(4, ['--to-version', '1.2.0', '--json']);
    const error = JSON.parse(err.split('\n').find((line) => line.startsWith('{'))!) as {
      code: string;
      message: string;
      ignored: { file: string }[];
    };
    expect(error.code).to.equal('E_DIGEST');
    expect(error.message).to.contain('layer 1 (notes 1.0.0): ');
    expect(error.ignored.map(({ file }) => file)).to.have.members([
      'updates/notes-both.vpa',
      'updates/notes-1.2.0.vpa',
    ]);
    // It does not matter for what leads elsewhere.
    expect(done(await road('--to-version', '1.1.0', '--json'))).to.include({ to: '1.1.0' });
  });
});
