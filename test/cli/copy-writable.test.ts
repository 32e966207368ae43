/** What users wrote, where the new version is a layer or a folder of its own: copied when that is asked for, and only then. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { imprint } from '../fixtures/stores.ts';
import { type Outcome, makeFolder, removeFolder, vpa, writeTree } from './command.ts';

describe('cli: writable sublayers and --mode new', function () {
  this.timeout(300_000);
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.err).to.equal(0);
    return outcome;
  };
  const note = 'is not copied (--copy-writable)';
  const draft = 'writable/ann/files/AppRoot/draft';

  before(async () => {
    cwd = makeFolder();
    for (const version of ['1.0.0', '1.1.0']) writeTree(cwd, { [`notes-${version}/readme`]: version });
    ok(await run('create', 'notes-1.0.0', 'notes-1.1.0', '--id', 'notes', '-o', 'notes.vpa', '--quiet'));
  });
  beforeEach(async () => {
    for (const name of ['store', 'old', 'new']) rmSync(join(cwd, name), { recursive: true, force: true });
    ok(await run('layer', 'import', 'notes-1.0.0', '--as', 'notes', '--store', 'store', '--quiet'));
    writeTree(cwd, { [`store/1/${draft}`]: 'mine', 'store/1/writable/bob/files/AppRoot/x': 'x' });
  });
  after(() => removeFolder(cwd));

  describe('of a layer in a store', () => {
    const apply = async (...words: string[]): Promise<Outcome> =>
      run('apply', 'notes.vpa', '--allow-unsigned', '--store', 'store', ...words);

    it('stay with the old layer, which is said, unless they are asked for', async () => {
      const before = imprint(join(cwd, 'store/1/writable'));
      const made = ok(await apply('--mode', 'new'));
      expect(made.err).to.contain(`what users wrote in layer 1 (notes 1.0.0) ${note}`);
      expect(existsSync(join(cwd, 'store/2/writable'))).to.equal(false);
      expect(imprint(join(cwd, 'store/1/writable'))).to.deep.equal(before);
    });

    it("are copied when they are asked for, and are nobody else's then", async () => {
      const before = imprint(join(cwd, 'store/1/writable'));
      const made = ok(await apply('--mode', 'new', '--copy-writable', '--json'));
      const report = JSON.parse(made.out) as {
        layer: { number: number; users: string[] };
        notices: object[];
      };
      expect(report.layer).to.deep.include({ number: 2, users: ['ann', 'bob'] });
      expect(report.notices).to.not.deep.include({ code: 'no-writable' });
      writeFileSync(join(cwd, 'store/2', draft), 'new');
      expect(imprint(join(cwd, 'store/1/writable'))).to.deep.equal(before);
    });

    it('are refused to be copied where no layer is made', async () => {
      const before = imprint(join(cwd, 'store'));
      for (const words of [['--copy-writable'], ['--copy-writable', '--mode', 'in-place']]) {
        const refused = await apply(...words);
        expect([refused.status, refused.err]).to.deep.include(2);
        expect(refused.err).to.contain('there is nothing to copy').and.to.contain('--mode new');
      }
      expect(imprint(join(cwd, 'store'))).to.deep.equal(before);
    });
  });

  describe('of a layer directory', () => {
    const apply = async (...words: string[]): Promise<Outcome> =>
      run('apply', 'notes.vpa', '--allow-unsigned', '--to', 'old', ...words);
    beforeEach(async () => {
      ok(await run('layer', 'export', '1', 'old', '--with-writable', '--store', 'store', '--quiet'));
    });

    it('stay with the old one, which is said, unless they are asked for', async () => {
      const made = ok(await apply('--mode', 'new', '--out', 'new'));
      expect(made.err).to.contain(`what users wrote in old ${note}`);
      expect(existsSync(join(cwd, 'new/writable'))).to.equal(false);
      expect(readFileSync(join(cwd, 'old', draft), 'utf8')).to.equal('mine');
      expect(readFileSync(join(cwd, 'new/read-only/files/AppRoot/readme'), 'utf8')).to.equal('1.1.0');
    });

    it('are copied when they are asked for, and stay where they are in place', async () => {
      const made = ok(await apply('--out', 'new', '--copy-writable'));
      expect(made.err).not.to.contain(note);
      writeFileSync(join(cwd, 'new', draft), 'new');
      expect(readFileSync(join(cwd, 'old', draft), 'utf8')).to.equal('mine');
      const refused = await apply('--copy-writable');
      expect([refused.status, refused.err]).to.deep.include(2);
      ok(await apply());
      expect(readFileSync(join(cwd, 'old', draft), 'utf8')).to.equal('mine');
    });

    it('are not meant by a folder of that name in a plain application directory', async () => {
      rmSync(join(cwd, 'old'), { recursive: true });
      writeTree(cwd, { 'old/readme': '1.0.0' });
      mkdirSync(join(cwd, 'old/writable/ann'), { recursive: true });
      expect(ok(await apply('--out', 'new')).err).not.to.contain(note);
      expect(existsSync(join(cwd, 'new/writable/ann'))).to.equal(true);
    });
  });
});
