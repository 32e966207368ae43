/** What `vpa apply` asks a person at a terminal, where nobody has said it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { imprint } from '../fixtures/stores.ts';
import { type Outcome, makeFolder, removeFolder, vpa, writeTree } from './command.ts';
import { type Typed, atTerminal, needsTerminal } from './terminal.ts';

describe('cli: questions at a terminal', function () {
  this.timeout(300_000);
  let cwd = '';
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.out + outcome.err).to.equal(0);
    return outcome;
  };
  const apply = async (words: readonly string[], ...typed: Typed[]): Promise<Outcome> =>
    atTerminal(['apply', 'notes.vpa', '--allow-unsigned', '--store', 'store', ...words], typed, { cwd });
  const prompt = '1-2 [1] ';

  before(async function () {
    needsTerminal(this);
    cwd = makeFolder();
    for (const version of ['1.0.0', '1.1.0']) writeTree(cwd, { [`notes-${version}/readme`]: version });
    const words = ['notes-1.0.0', 'notes-1.1.0', '--id', 'notes', '-o', 'notes.vpa', '--quiet'];
    ok(await vpa(['create', ...words], { cwd }));
  });
  beforeEach(async () => {
    rmSync(join(cwd, 'store'), { recursive: true, force: true });
    for (const name of ['Notes', 'Notes of Ann']) {
      const words = ['notes-1.0.0', '--as', 'notes', '--name', name, '--store', 'store', '--quiet'];
      ok(await vpa(['layer', 'import', ...words], { cwd }));
    }
  });
  after(() => {
    if (cwd !== '') removeFolder(cwd);
  });

  it('which layer, and what the new version is to be; an answer that is none is asked for again', async () => {
    const { out } = ok(await apply([], [prompt, '7\r'], [prompt, '2\r'], [prompt, '2\r']));
    expect(out).to.contain(
      'Several layers are what the patch is for. Which one?\n  1  layer 1 (Notes 1.0.0)\n  2  layer 2 (Notes of Ann 1.0.0)\n1-2 [1] 7\n  a number from 1 to 2',
    );
    expect(out).to.contain(
      'What is the new version to be?\n  1  the next generation of layer 2 (Notes of Ann 1.0.0)\n  2  a new layer; the old one stays as it is\n',
    );
    expect(out).to.contain('made layer 3 (Notes of Ann 1.1.0), a new one');
  });

  it('takes Enter for the first choice', async () => {
    const { out } = ok(await apply([], [prompt, '\r'], [prompt, '\r']));
    expect(out).to.contain('made layer 1 (Notes 1.1.0): 1 changed');
  });

  it('changes nothing after Ctrl-C, and says so on a line of its own', async () => {
    const before = imprint(join(cwd, 'store'));
    const { status, out } = await apply(['--layer', '1'], [prompt, '\u0003']);
    expect(status, out).to.equal(130);
    expect(out).to.contain(`\n${prompt}\nvpa: cancelled; nothing was changed [E_CANCELLED]`);
    expect(imprint(join(cwd, 'store'))).to.deep.equal(before);
  });

  it('asks nothing that was said, and nothing with --yes', async () => {
    const { out } = ok(await apply(['--layer', '2', '--mode', 'in-place']));
    expect(out).not.to.contain(prompt);
    expect(out).to.contain('made layer 2 (Notes of Ann 1.1.0)');
    const { out: second } = ok(await apply(['--yes']));
    expect(second).not.to.contain(prompt);
    expect(second).to.contain('made layer 1 (Notes 1.1.0)');
  });
});
