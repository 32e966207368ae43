/** The store by command: scenarios, and what a person sees. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Outcome, makeFolder, noise, readTree, removeFolder, vpa, writeTree } from './command.ts';

describe('vpa layer, and vpa apply without a folder', () => {
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const inStore = async (...words: string[]): Promise<Outcome> => run(...words, '--store', 'store');
  const json = ({ out }: Outcome): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.err).to.equal(0);
    return outcome;
  };
  const big = noise(30_000);

  before(async () => {
    cwd = makeFolder();
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      writeTree(cwd, { [`notes-${version}/readme`]: version, [`notes-${version}/big`]: big });
    for (const [from, to] of [
      ['1.0.0', '1.1.0'],
      ['1.1.0', '1.2.0'],
    ]) {
      const words = ['--id', 'com.acme.notes', '-o', `${to}.vpa`, '--quiet'];
      ok(await run('create', `notes-${from}`, `notes-${to}`, ...words));
    }
  });
  after(() => removeFolder(cwd));

  it('has no layers before one is brought in', async () => {
    expect(ok(await inStore('layer', 'list')).out).to.contain('has no layers');
    const apply = await inStore('apply', '1.1.0.vpa', '--allow-unsigned');
    expect([apply.status, apply.err]).to.deep.include(6);
    expect(apply.err).to.contain('has no layers').and.to.contain('vpa layer import');
  });

  it('finds the layer that a patch is for, says which, and makes its next generation', async () => {
    const words = ['layer', 'import', 'notes-1.0.0', '--as', 'com.acme.notes', '--name', 'Notes'];
    expect(ok(await inStore(...words)).out).to.equal(
      'imported as layer 1 (Notes 1.0.0): 2 entries, 30.0 kB\n',
    );
    const missing = await inStore('apply', '1.2.0.vpa', '--allow-unsigned');
    expect(missing.status).to.equal(6);
    expect(missing.err)
      .to.contain('the nearest is layer 1 (Notes 1.0.0)')
      .and.to.contain('AppRoot/readme: has another content')
      .and.to.contain('the patch from 1.0.0 to 1.1.0 is missing: apply it first');
    const dry = ok(await inStore('apply', '1.1.0.vpa', '--allow-unsigned', '--dry-run'));
    expect(dry.out).to.contain('can be applied to layer 1 (Notes 1.0.0)');
    const applied = ok(await inStore('apply', '1.1.0.vpa', '--allow-unsigned'));
    expect(applied.err).to.contain('layer 1 (Notes 1.0.0) is what the patch is for');
    expect(applied.out).to.contain('made layer 1 (Notes 1.1.0): 1 changed');
    const again = ok(await inStore('apply', '1.1.0.vpa', '--allow-unsigned', '--json'));
    expect(json(again)).to.include({ status: 'already-applied', place: 'layer 1 (Notes 1.1.0)' });
    expect(readTree(join(cwd, 'store/1/generations/2/read-only/files/AppRoot'))).to.deep.equal(
      readTree(join(cwd, 'notes-1.1.0')),
    );
  });

  it('shows it, and goes back', async () => {
    const shown = json(ok(await inStore('layer', 'show', 'Notes', '--json')))['layer'] as Record<
      string,
      unknown
    >;
    expect(shown).to.deep.include({ number: 1, generation: 2, generations: [1, 2], users: [], drift: null });
    expect(ok(await inStore('layer', 'show', '1')).out).to.match(/→ +2 +1\.1\.0 .* patch from 1\.0\.0/);
    const undone = ok(await inStore('layer', 'undo', 'com.acme.notes', '--json'));
    expect(json(undone)).to.deep.include({
      status: 'undone',
      from: '1.1.0',
      to: '1.0.0',
      generations: { from: 2, to: 1 },
    });
    const last = await inStore('layer', 'undo', '1');
    expect([last.status, last.err]).to.deep.include(3);
    expect(ok(await inStore('layer', 'gc')).out).to.contain('removed generation 2 of layer 1 (Notes 1.0.0)');
  });

  it('lists the layers where several are what the patch is for, and takes the one that is named', async () => {
    const second = ok(await inStore('layer', 'import', 'notes-1.0.0', '--as', 'other'));
    expect(second.err).to.contain('note: layer 1 (Notes 1.0.0) is the same state');
    const which = await inStore('apply', '1.1.0.vpa', '--allow-unsigned', '--json');
    expect(which.status).to.equal(7);
    expect(JSON.parse(which.err) as object).to.deep.include({
      code: 'E_CONFLICT',
      details: ['layer 1 (Notes 1.0.0)', 'layer 2 (notes 1.0.0)'],
    });
    const made = ok(
      await inStore('apply', '1.1.0.vpa', '--allow-unsigned', '--layer', 'other', '--mode', 'new'),
    );
    expect(made.out).to.contain('made layer 3 (notes 1.1.0), a new one');
    expect(ok(await inStore('layer', 'list')).out.split('\n')).to.have.length(6);
    const wrong = await inStore('apply', '1.2.0.vpa', '--allow-unsigned', '--layer', '1');
    expect(wrong.status).to.equal(6);
  });

  it('takes a copy out, and tells what is not as it was made', async () => {
    ok(await inStore('layer', 'export', '3', 'out.vsa'));
    ok(await inStore('layer', 'export', '3', 'out'));
    const files = 'read-only/files/AppRoot';
    expect(readTree(join(cwd, 'out', files))).to.deep.equal(readTree(join(cwd, 'notes-1.1.0')));
    const again = ok(await inStore('layer', 'import', 'out.vsa', '--json'));
    expect(again.out).to.contain('"same-state"');
    expect(ok(await inStore('layer', 'show', '3', '--full')).out).to.contain('all as it was made');
    writeFileSync(join(cwd, 'store/3/generations/1', files, 'readme'), 'mine');
    const full = await inStore('layer', 'show', '3', '--full');
    expect(full.status).to.equal(6);
    expect(full.out).to.contain('changed AppRoot/readme');
    const out = ok(await inStore('layer', 'export', '3', 'changed'));
    expect(out.err).to.contain('1 entry is not as the layer was made');
  });

  it('asks before it deletes, and keeps what users wrote', async () => {
    const unasked = await inStore('layer', 'delete', '4');
    expect([unasked.status, unasked.err]).to.deep.include(2);
    expect(unasked.err).to.contain('nobody can be asked').and.to.contain('--yes');
    mkdirSync(join(cwd, 'store/4/writable/ann'), { recursive: true });
    const kept = await inStore('layer', 'delete', '4', '--yes');
    expect([kept.status, kept.err]).to.deep.include(7);
    expect(ok(await inStore('layer', 'delete', '4', '--yes', '--with-writable')).out).to.contain(
      'deleted layer 4',
    );
    expect((await inStore('layer', 'show', '4')).status).to.equal(3);
  });

  it('says what fits where on the command line', async () => {
    for (const words of [
      ['apply', '1.1.0.vpa', '--backup', 'keep'],
      ['apply', '1.1.0.vpa', '--to', 'notes-1.0.0', '--keep', '3'],
      ['layer'],
      ['layer', 'nothing'],
    ])
      expect((await run(...words)).status, words.join(' ')).to.equal(2);
    cpSync(join(cwd, 'notes-1.0.0'), join(cwd, 'no-store'), { recursive: true });
    const none = await run('layer', 'list', '--store', 'no-store');
    expect([none.status, none.err]).to.deep.include(3);
    expect(none.err).to.contain('is not a store of layers');
    const recovered = ok(await run('recover', 'store'));
    expect(recovered.out).to.contain('there was nothing to do');
  });
});
