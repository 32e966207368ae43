import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { needsPosix } from '../contract/needs.ts';
import { type Outcome, makeFolder, readTree, reg, removeFolder, vpa, writeTree } from './command.ts';

describe('vpa repair', function () {
  this.timeout(300_000);
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
  const key = '[HKEY_LOCAL_MACHINE\\Software\\Acme]';

  before(async () => {
    cwd = makeFolder();
    writeTree(cwd, {
      'notes-1.0.0/readme': '1.0',
      'notes-1.0.0/bin/notes.dll': 'x'.repeat(1500),
      'notes-1.1.0/readme': '1.1',
      'notes-1.1.0/bin/notes.dll': 'y'.repeat(1500),
      'old.reg': reg(key, '"Version"="1.0"', '"Kept"="k"'),
      'new.reg': reg(key, '"Version"="1.1"', '"Kept"="k"'),
    });
    const words = ['--base-registry', 'old.reg', '--target-registry', 'new.reg', '-o', 'notes.vpa'];
    const made = await run('create', 'notes-1.0.0', 'notes-1.1.0', ...words);
    expect(made.status, made.err).to.equal(0);
  });
  after(() => removeFolder(cwd));

  const damage = (): void => {
    rmSync(join(cwd, 'app'), { recursive: true, force: true });
    cpSync(join(cwd, 'notes-1.0.0'), join(cwd, 'app'), { recursive: true });
    rmSync(join(cwd, 'app', 'readme'));
    writeFileSync(join(cwd, 'app', 'bin', 'notes.dll'), 'broken');
    writeFileSync(join(cwd, 'app', 'mine.txt'), 'mine');
    writeFileSync(join(cwd, 'app.reg'), reg(key, '"Version"="0.9"', '"Kept"="k"', '"Mine"="m"'));
  };
  const from = ['--from', 'notes-1.0.0', '--registry', 'app.reg', '--from-registry', 'old.reg'];

  it('rehearses, repairs, says what it has done, and can be undone', async () => {
    damage();
    const [before, registry] = [readTree(join(cwd, 'app')), readFileSync(join(cwd, 'app.reg'), 'hex')];
    const dry = await run('repair', 'app', ...from, '--dry-run');
    expect(dry.status, dry.err).to.equal(0);
    expect(dry.out).to.contain('can be repaired: 1 missing, 2 changed');
    expect(dry.out).to.contain('"Mine"=- ; removed\n');
    expect(readTree(join(cwd, 'app'))).to.deep.equal(before);
    const done = await run('repair', 'app', ...from, '--json');
    expect(done.status, done.err).to.equal(0);
    const report = json(done.out);
    expect(report).to.include({ status: 'repaired', undo: true, extraPolicy: 'keep' });
    expect(report)
      .to.have.nested.property('drift.counts')
      .that.deep.equals({ missing: 1, changed: 2, extra: 0 });
    expect(report['extras']).to.have.length(1);
    expect(report).to.have.nested.property('extras[0].name', 'AppRoot/mine.txt');
    const { 'mine.txt': mine, ...rest } = readTree(join(cwd, 'app'));
    expect(mine).to.equal(Buffer.from('mine').toString('hex'));
    const own = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith('.vpa')));
    expect(own).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
    expect(readFileSync(join(cwd, 'app.reg'), 'utf16le'))
      .to.contain('"Version"="1.0"')
      .and.not.contain('Mine');
    const again = await run('repair', 'app', ...from);
    expect(again.out).to.contain('is as it should be: nothing was changed');
    const status = await run('status', 'app');
    expect(status.out).to.contain('back to what the repair has replaced');
    const undone = await run('undo', 'app');
    expect(undone.out).to.contain('repair undone in app');
    expect(readTree(join(cwd, 'app'))).to.deep.equal(before);
    expect(readFileSync(join(cwd, 'app.reg'), 'hex')).to.equal(registry);
  });

  it('makes way for the patch that was refused', async () => {
    damage();
    const apply = ['apply', 'notes.vpa', '--to', 'app', '--registry', 'app.reg', '--allow-unsigned'];
    const refused = await run(...apply);
    expect(refused.status).to.equal(6);
    expect(refused.err).to.contain('vpa repair FOLDER --from VERSION');
    const patch = ['--patch', 'notes.vpa', '--allow-unsigned'];
    const repaired = await run('repair', 'app', ...from, ...patch, '--json');
    expect(repaired.status, repaired.err).to.equal(0);
    expect(json(repaired.out)).to.include({ status: 'repaired', version: '1.0.0' });
    const applied = await run(...apply);
    expect(applied.status, applied.err).to.equal(0);
    writeFileSync(join(cwd, 'notes-1.0.0', 'more'), 'more');
    try {
      const other = await run('repair', 'app', ...from, ...patch, '--json');
      expect(other.status).to.equal(6);
      expect(json(other.err)['message']).to.contain('neither the version that the patch is for nor');
    } finally {
      rmSync(join(cwd, 'notes-1.0.0', 'more'));
    }
  });

  it('removes extra files only when it is told twice', async () => {
    damage();
    const words = ['repair', 'app', ...from, '--remove-extra', '--backup', 'none'];
    const asked = await run(...words);
    expect(asked.status).to.equal(2);
    expect(asked.err).to.contain('AppRoot/mine.txt').and.contain('--yes');
    expect(readTree(join(cwd, 'app'))).to.have.property('mine.txt');
    const dry = await run(...words, '--dry-run');
    expect(dry.status, dry.err).to.equal(0);
    expect(readTree(join(cwd, 'app'))).to.have.property('mine.txt');
    const done = await run(...words, '--yes');
    expect(done.status, done.err).to.equal(0);
    expect(readTree(join(cwd, 'app'))).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
  });

  it('refuses a source that has nothing to do with the folder', async () => {
    mkdirSync(join(cwd, 'papers'), { recursive: true });
    writeFileSync(join(cwd, 'papers', 'letter'), 'dear');
    const refused = await run('repair', 'papers', '--from', 'notes-1.0.0');
    expect(refused.status).to.equal(6);
    expect(refused.err).to.contain('not one of the 2 files of the source is there').and.contain('--force');
    expect(Object.keys(readTree(join(cwd, 'papers')))).to.deep.equal(['letter']);
  });

  it('gives modes back without writing a file again', async function () {
    needsPosix(this, 'there are no modes here');
    damage();
    cpSync(join(cwd, 'notes-1.0.0'), join(cwd, 'app'), { recursive: true });
    const path = join(cwd, 'app', 'readme');
    const { ino } = statSync(path);
    chmodSync(path, 0o600);
    const done = await run('repair', 'app', '--from', 'notes-1.0.0');
    expect(done.out).to.contain('AppRoot/readme: has the mode 0600, not 0644');
    expect(statSync(path)).to.include({ ino }).and.have.property('mode', 0o100644);
  });
});
