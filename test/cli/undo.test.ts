import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { thisOwner } from '../../src/store/transaction/owner.ts';
import { type Outcome, makeFolder, readTree, removeFolder, vpa, writeTree } from './command.ts';

describe('vpa undo, status and recover', () => {
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const json = ({ out }: Outcome): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;

  before(async () => {
    cwd = makeFolder();
    writeTree(cwd, {
      'notes-1.0.0/readme': '1.0',
      'notes-1.0.0/gone': 'x'.repeat(1500),
      'notes-1.1.0/readme': '1.1',
    });
    cpSync(join(cwd, 'notes-1.0.0'), join(cwd, 'app'), { recursive: true });
    const made = await run('create', 'notes-1.0.0', 'notes-1.1.0', '-o', 'notes.vpa', '--sequence', '7');
    expect(made.status, made.err).to.equal(0);
  });
  after(() => removeFolder(cwd));

  it('rehearses with what it costs', async () => {
    const dry = await run('apply', 'notes.vpa', '--to', 'app', '--allow-unsigned', '--dry-run');
    expect(dry.status, dry.err).to.equal(0);
    expect(dry.out).to.contain('reads 1.5 kB, writes 3 B, needs 4.1 kB more on the disk meanwhile');
  });

  it('goes back to what was there, after a patch that kept it', async () => {
    const words = ['apply', 'notes.vpa', '--to', 'app', '--allow-unsigned', '--backup', 'keep', '--no-sync'];
    const applied = await run(...words);
    expect(applied.status, applied.err).to.equal(0);
    const status = await run('status', 'app');
    expect(status.out).to.match(/state +clean/);
    expect(status.out).to.match(/last patch +notes 1\.0\.0 → 1\.1\.0, number 7/);
    expect(status.out).to.match(/undo +back to 1\.0\.0 \(1\.5 kB kept\)/);
    expect(json(await run('status', 'app', '--json'))).to.deep.include({
      state: 'clean',
      process: null,
      recovery: null,
    });
    const undone = await run('undo', 'app', '--json');
    expect(undone.status, undone.err).to.equal(0);
    expect(json(undone)).to.include({ status: 'undone', from: '1.1.0', to: '1.0.0' });
    expect(readTree(join(cwd, 'app'))).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
    const again = await run('undo', 'app');
    expect([again.status, again.err]).to.deep.include(3);
    expect(again.err).to.contain('no backup to go back to');
  });

  it('tells of an interrupted run, and brings it to its end', async () => {
    const clean = await run('recover', 'app');
    expect(clean.out).to.contain('there was nothing to do');
    mkdirSync(join(cwd, 'app', '.vpa-work', 'draft'), { recursive: true });
    expect(json(await run('status', 'app', '--json'))).to.include({ state: 'leftovers' });
    expect((await run('recover', 'app')).out).to.contain('removed what an interrupted run had left');
    expect(readTree(join(cwd, 'app'))).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
    writeTree(cwd, { 'app/.vpa-work/put.json': 'torn' });
    const torn = await run('status', 'app');
    expect([torn.status, torn.err.includes('record that cannot be read')]).to.deep.equal([7, true]);
    removeFolder(join(cwd, 'app', '.vpa-work'));
  });

  it('says who is at work, and takes a lock from elsewhere by force only', async () => {
    const lock = join(cwd, 'app', '.vpa-work', 'lock');
    mkdirSync(lock, { recursive: true });
    writeFileSync(join(lock, 'owner-x'), JSON.stringify({ ...thisOwner(), host: 'elsewhere' }));
    expect(json(await run('status', 'app', '--json'))).to.include({ state: 'busy', process: process.pid });
    const refused = await run('recover', 'app');
    expect(refused.status).to.equal(7);
    expect(refused.err).to.contain('on elsewhere').and.to.contain('--force');
    const forced = await run('recover', 'app', '--force');
    expect(forced.status, forced.err).to.equal(0);
    expect(readFileSync(join(cwd, 'app', 'readme'), 'utf8')).to.equal('1.0');
  });

  it('refuses a backup of a new folder: the old one stays', async () => {
    const words = [
      'apply',
      'notes.vpa',
      '--to',
      'app',
      '--out',
      'new',
      '--backup',
      'keep',
      '--allow-unsigned',
    ];
    expect((await run(...words)).status).to.equal(2);
  });
});
