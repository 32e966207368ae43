/** Ctrl-C while much is going on: the command ends soon, and what it had begun is gone. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { needsPosix } from '../contract/needs.ts';
import { type Outcome, makeFolder, noise, removeFolder, vpa, writeTree } from './command.ts';

/** What a person waits, in milliseconds; measured are 30 to 250 on an idle machine. */
const patience = process.env['CI'] === undefined ? 1500 : 2000;
const size = 48 << 20;

const release = (version: string): string =>
  dirname(createRequire(import.meta.url).resolve(`7zip-${version}/package.json`));
const spools = (): string[] => readdirSync(tmpdir()).filter((name) => /^vpa-[A-Za-z0-9]{6}$/.test(name));

describe('vpa: Ctrl-C', function () {
  this.timeout(120_000);
  let cwd = '';
  before(function () {
    needsPosix(this, 'a process cannot be interrupted by a signal here');
    cwd = makeFolder();
    const old = noise(size);
    const now = Buffer.from(old);
    for (let at = 0; at < size; at += 997) now[at] = (now[at] ?? 0) ^ 1;
    writeTree(cwd, { 'big-1/data': old, 'big-1/still': old, 'big-2/data': now, 'big-2/still': old });
    mkdirSync(join(cwd, 'out'));
    copyFileSync(join(cwd, 'big-1/still'), join(cwd, 'big-2/still'));
  });
  after(() => {
    if (cwd !== '') removeFolder(cwd);
  });

  /** Interrupts `after` milliseconds behind the first line of progress that has the text. */
  async function interrupted(
    words: readonly string[],
    text: string,
    after: number,
  ): Promise<[Outcome, number]> {
    let asked = 0;
    const outcome = await vpa([...words, '--progress', 'json'], {
      cwd,
      watch: (child, err) => {
        if (asked > 0 || !err.includes(text)) return;
        asked = Infinity;
        setTimeout(() => {
          asked = performance.now();
          child.kill('SIGINT');
        }, after);
      },
    });
    return [outcome, performance.now() - asked];
  }

  function check([outcome, took]: [Outcome, number], what: string): void {
    process.stderr.write(`      ${what}: ended ${Math.round(took)} ms after Ctrl-C\n`);
    expect(outcome.status, outcome.err).to.equal(130);
    expect(outcome.err).to.contain('vpa: cancelled; nothing was changed [E_CANCELLED]');
    expect(outcome.out).to.equal('');
    expect(took).to.be.below(patience);
  }

  for (const threads of [[], ['--threads', '1']]) {
    for (const after of [0, 300, 900]) {
      it(`ends while a delta is made, ${after} ms after the first ${threads.join(' ')}`, async () => {
        const before = spools();
        const words = [
          'create',
          release('5.1.1'),
          release('5.2.0'),
          '-o',
          'out/x.vpa',
          '--level',
          'max',
          ...threads,
        ];
        check(await interrupted(words, '"stage":"diff-files"', after), `create ${threads.join(' ')}`);
        expect(readdirSync(join(cwd, 'out'))).to.deep.equal([]);
        expect(spools().filter((name) => !before.includes(name))).to.deep.equal([]);
      });
    }
  }

  it('ends while frames are compressed', async () => {
    const words = ['create', 'big-1', 'big-2', '-o', 'out/x.vpa', '--codec', 'none'];
    check(await interrupted(words, '"stage":"compress"', 0), 'create, frames');
    expect(readdirSync(join(cwd, 'out'))).to.deep.equal([]);
  });

  it('ends while a patch is applied, in place and to a new folder', async () => {
    const made = await vpa(['create', 'big-1', 'big-2', '-o', 'big.vpa', '--level', 'fast'], { cwd });
    expect(made.status, made.err).to.equal(0);
    const words = ['apply', 'big.vpa', '--to', 'big-1', '--allow-unsigned'];
    for (const [more, text, after] of [
      [[], 'note:', 0],
      [[], '"stage":"apply"', 0],
      [['--out', 'new'], 'note:', 100],
      [['--out', 'new'], '"stage":"apply"', 20],
    ] as const) {
      check(await interrupted([...words, ...more], text, after), `apply ${more.join(' ')}`);
      expect(readdirSync(join(cwd, 'big-1'))).to.deep.equal(['data', 'still']);
      expect(existsSync(join(cwd, 'new'))).to.equal(false);
      expect(readdirSync(cwd).sort()).to.deep.equal(['big-1', 'big-2', 'big.vpa', 'out']);
    }
  });
});
