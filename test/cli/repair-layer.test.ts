/** Layers of a store that somebody has written into, brought back by command. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { needsPosix } from '../contract/needs.ts';
import { imprint } from '../fixtures/stores.ts';
import { type Outcome, makeFolder, readTree, reg, removeFolder, vpa, writeTree } from './command.ts';

interface Report {
  readonly status: string;
  readonly drift: { readonly counts: object };
  readonly extras: readonly { readonly name: string }[];
  readonly layer: { readonly generation: number; readonly digest: string };
  readonly alsoDamaged: readonly object[];
  readonly undo: boolean;
  readonly entries: number;
  readonly looked: {
    readonly found: { readonly entries: number; readonly size: number };
    readonly source: { readonly entries: number; readonly size: number; readonly matching: number };
  };
  readonly notices: readonly { readonly code: string }[];
}

describe('vpa repair of a layer in a store', function () {
  this.timeout(300_000);
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const inStore = async (...words: string[]): Promise<Outcome> => run(...words, '--store', 'store');
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.err).to.equal(0);
    return outcome;
  };
  const report = (outcome: Outcome): Report => JSON.parse(ok(outcome).out) as Report;
  const generation = (number: number): string => join(cwd, `store/1/generations/${number}`);
  const app = (number: number): string => join(generation(number), 'read-only/files/AppRoot');
  const key = '[HKEY_LOCAL_MACHINE\\Software\\Acme]';
  const from = ['--from', 'notes-1.1.0', '--from-registry', 'new.reg'];

  before(async () => {
    cwd = makeFolder();
    const same = {
      'bin/notes.dll': 'x'.repeat(1500),
      'bin/lib.dll': 'lib',
      'package.json': '{"name":"notes"}',
    };
    writeTree(cwd, {
      ...Object.fromEntries(Object.entries(same).map(([name, text]) => [`notes-1.0.0/${name}`, text])),
      ...Object.fromEntries(Object.entries(same).map(([name, text]) => [`notes-1.1.0/${name}`, text])),
      'notes-1.0.0/readme': '1.0',
      'notes-1.1.0/readme': '1.1',
      'old.reg': reg(key, '"Version"="1.0"', '"Kept"="k"'),
      'new.reg': reg(key, '"Version"="1.1"', '"Kept"="k"'),
    });
    const words = ['--base-registry', 'old.reg', '--target-registry', 'new.reg', '-o', 'notes.vpa'];
    ok(await run('create', 'notes-1.0.0', 'notes-1.1.0', '--from', '1.0.0', '--to', '1.1.0', ...words));
  });
  beforeEach(async () => {
    rmSync(join(cwd, 'store'), { recursive: true, force: true });
    const words = ['--registry', 'old.reg', '--as-version', '1.0.0', '--quiet'];
    ok(await inStore('layer', 'import', 'notes-1.0.0', ...words));
    ok(await inStore('apply', 'notes.vpa', '--allow-unsigned', '--quiet'));
    mkdirSync(join(cwd, 'store/1/writable/ann'), { recursive: true });
    writeFileSync(join(cwd, 'store/1/writable/ann/draft'), 'mine');
  });
  after(() => removeFolder(cwd));

  it('makes a new generation that is what the damaged one was made as, and changes no other', async () => {
    const whole = readTree(app(2));
    // Written through: the file of both generations.
    writeFileSync(join(app(2), 'bin/notes.dll'), 'broken');
    rmSync(join(app(2), 'readme'));
    writeFileSync(join(app(2), 'mine.txt'), 'mine');
    const machine = join(generation(2), 'read-only/registry/machine.reg');
    rmSync(machine);
    const before = [imprint(generation(1)), imprint(generation(2)), imprint(join(cwd, 'store/1/writable'))];
    const dry = report(await inStore('repair', 'notes', ...from, '--dry-run', '--json'));
    expect(dry).to.include({ status: 'dry-run', undo: false });
    const done = report(await inStore('repair', '1', ...from, '--json'));
    expect(done).to.include({ status: 'repaired', undo: true });
    expect(done.drift.counts).to.deep.equal({ missing: 2, changed: 1, extra: 0 });
    expect(done.layer.generation).to.equal(3);
    expect(done.extras.map(({ name }) => name)).to.deep.equal(['AppRoot/mine.txt']);
    expect(done.alsoDamaged).to.deep.equal([
      {
        layer: 1,
        title: 'layer 1 (notes 1.1.0)',
        generation: 1,
        names: ['AppRoot/bin/notes.dll'],
        current: false,
      },
    ]);
    const { 'mine.txt': extra, ...rest } = readTree(app(3));
    expect(extra).to.equal(Buffer.from('mine').toString('hex'));
    expect(rest).to.deep.equal(whole);
    const after = [imprint(generation(1)), imprint(generation(2)), imprint(join(cwd, 'store/1/writable'))];
    expect(after).to.deep.equal(before);
    const ino = (number: number, name: string): number => lstatSync(join(app(number), name)).ino;
    expect(ino(3, 'bin/notes.dll')).not.to.equal(ino(2, 'bin/notes.dll'));
    expect(ino(3, 'bin/lib.dll')).to.equal(ino(1, 'bin/lib.dll'));
    const again = ok(await inStore('repair', 'notes', ...from));
    expect(again.out).to.contain('layer 1 (notes 1.1.0) is as it should be: nothing was changed');
    const shown = ok(await inStore('layer', 'show', '1'));
    expect(shown.out).to.match(/→ +3 +1\.1\.0 .* repair, of generation 2/);
    const undone = ok(await inStore('layer', 'undo', '1'));
    expect(undone.out.split('\n')[0]).to.equal('notes  1.1.0');
    expect(undone.out).to.contain('went back from generation 3 to 2, as the repair had found it');
  });

  it('leaves undo of the patch where it was, and knows what was applied last', async () => {
    rmSync(join(app(2), 'readme'));
    const remembered = readFileSync(join(generation(2), '.vpa/state.json'), 'utf8');
    ok(await inStore('repair', 'notes', ...from, '--backup', 'none'));
    expect(readFileSync(join(generation(3), '.vpa/state.json'), 'utf8')).to.equal(remembered);
    expect(readdirSync(join(cwd, 'store/1/generations')).sort()).to.deep.equal(['1', '3']);
    ok(await inStore('layer', 'undo', 'notes'));
    expect(readTree(app(1))).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
  });

  it('needs of a source only what is damaged, and says what that does not have', async () => {
    writeFileSync(join(app(2), 'bin/lib.dll'), 'broken');
    ok(await inStore('repair', 'notes', '--from', 'notes-1.0.0'));
    expect(readTree(app(3))).to.deep.equal(readTree(join(cwd, 'notes-1.1.0')));
    writeFileSync(join(app(3), 'readme'), 'broken');
    const before = imprint(join(cwd, 'store'));
    const refused = await inStore('repair', 'notes', '--from', 'notes-1.0.0');
    expect(refused.status, refused.err).to.equal(6);
    expect(refused.err)
      .to.contain('does not have a content that is damaged')
      .and.to.contain('AppRoot/readme');
    expect(imprint(join(cwd, 'store'))).to.deep.equal(before);
  });

  it('says what was looked at on both sides, and that the source is another version', async () => {
    writeFileSync(join(app(2), 'mine.txt'), 'mine');
    const healthy = report(await inStore('repair', 'notes', ...from, '--json'));
    expect(healthy.status).to.equal('healthy');
    expect(healthy.looked.source).to.include({ entries: 6, matching: 6 });
    expect(healthy.looked.found).to.deep.equal({
      entries: 7,
      size: healthy.looked.source.size + 'mine'.length,
    });
    expect(healthy.notices).to.deep.equal([]);
    const other = report(await inStore('repair', 'notes', '--from', 'notes-1.0.0', '--json'));
    expect(other).to.include({ status: 'healthy', entries: 6 });
    // All but the registry, which was not given, and the file that is new.
    expect(other.looked.source).to.include({ entries: 5, matching: 4 });
    expect(other.notices.map(({ code }) => code)).to.deep.equal(['other-version']);
    const { out, err } = ok(await inStore('repair', 'notes', '--from', 'notes-1.0.0'));
    expect(out)
      .to.match(/made as +6 entries/)
      .and.to.match(/found +7 entries/);
    expect(out).to.match(/source +notes-1\.0\.0, 5 entries, .*; has 4 of the layer's 6/);
    expect(err).to.contain('the source is notes 1.0.0, and not what layer 1 (notes 1.1.0) is');
    writeTree(
      cwd,
      Object.fromEntries(
        Object.entries(readTree(join(cwd, 'notes-1.1.0'))).map(([name, hex]) => [
          `moved-3.0.0/${name}`,
          Buffer.from(hex, 'hex'),
        ]),
      ),
    );
    const same = ['--from', 'moved-3.0.0', '--from-registry', 'new.reg', '--json'];
    expect(report(await inStore('repair', 'notes', ...same)).notices).to.deep.equal([]);
  });

  it('removes extra files only when it is told twice', async () => {
    writeFileSync(join(app(2), 'mine.txt'), 'mine');
    const asked = await inStore('repair', 'notes', ...from, '--remove-extra');
    expect([asked.status, asked.err]).to.deep.include(2);
    ok(await inStore('repair', 'notes', ...from, '--remove-extra', '--yes'));
    expect(readTree(app(3))).to.deep.equal(readTree(join(cwd, 'notes-1.1.0')));
    expect(ok(await inStore('layer', 'show', '1', '--full')).out).to.contain('all as it was made');
  });

  it('gives a mode back to a copy, since the file is that of others, too', async function () {
    needsPosix(this, 'there are no modes here');
    chmodSync(join(app(2), 'bin/lib.dll'), 0o600);
    const done = report(await inStore('repair', 'notes', ...from, '--json'));
    expect(done.alsoDamaged).to.have.length(1);
    const modes = [1, 2, 3].map((number) => statSync(join(app(number), 'bin/lib.dll')).mode & 0o777);
    expect(modes).to.deep.equal([0o600, 0o600, 0o644]);
  });

  it('tells a layer from a folder, and asks where it may be either', async () => {
    const usual = async (...words: string[]): Promise<Outcome> =>
      vpa(words, { cwd, env: { VPA_STORE: join(cwd, 'store') } });
    const layer = ok(await usual('repair', 'notes', ...from, '--dry-run'));
    expect(layer.out).to.contain('layer 1 (notes 1.1.0) is as it should be');
    writeTree(cwd, { 'notes/readme': '1.1', 'notes/package.json': '{"name":"notes"}' });
    try {
      const either = await usual('repair', 'notes', ...from);
      expect([either.status, either.err]).to.deep.include(7);
      expect(either.err).to.contain('./notes for the folder').and.to.contain('--store');
      const folder = ok(await usual('repair', './notes', '--from', 'notes-1.1.0', '--dry-run'));
      expect(folder.out).to.contain('./notes can be repaired: 3 missing');
      expect(ok(await inStore('repair', 'notes', ...from)).out).to.contain('layer 1 (notes 1.1.0)');
    } finally {
      rmSync(join(cwd, 'notes'), { recursive: true });
    }
    ok(
      await usual(
        'layer',
        'import',
        'notes-1.0.0',
        '--as',
        '@acme/notes',
        '--name',
        'Notes of Acme',
        '--quiet',
      ),
    );
    expect(ok(await usual('repair', '@acme/notes', '--from', 'notes-1.0.0')).out).to.contain('layer 2');
    const neither = await usual('repair', 'nothing', ...from);
    expect([neither.status, neither.err]).to.deep.include(3);
    expect(neither.err).to.contain('no such folder, and no such layer in');
    const wrong = await inStore('repair', 'notes', ...from, '--exclude', '*.log');
    expect([wrong.status, wrong.err]).to.deep.include(2);
  });
});
