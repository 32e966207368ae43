import { expect } from 'chai';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, makeFolder, noise, readTree, reg, removeFolder, vpa, writeTree } from './command.ts';

const versions = [
  { program: noise(20_000), 'doc/readme': 'hello', gone: 'until 1.2', 'package.json': '1.0.0' },
  {
    program: Buffer.concat([noise(20_000), Buffer.from('1')]),
    README: 'hello',
    gone: 'until 1.2',
    never: 'only in 1.1',
  },
  { program: Buffer.concat([noise(20_000), Buffer.from('12')]), 'README.md': 'hello', added: 'in 1.2' },
  { program: Buffer.concat([noise(20_000), Buffer.from('12')]), 'README.md': 'hello!', added: 'in 1.2' },
];

describe('cli: several patches', function () {
  this.timeout(300_000);
  const root = makeFolder();
  const place = (name: string): string => join(root, name);
  const run = (...words: string[]): Promise<Outcome> => vpa(words, { cwd: root });
  const apply = (...words: string[]): Promise<Outcome> => run('apply', ...words, '--allow-unsigned');

  before(async () => {
    for (const [at, tree] of versions.entries()) {
      writeTree(place(`v${at}`), { ...tree, 'package.json': `{"name":"notes","version":"1.${at}.0"}` });
      writeFileSync(place(`v${at}.reg`), reg('[HKEY_LOCAL_MACHINE\\Software\\Notes]', `"Version"="1.${at}"`));
    }
    await Promise.all(
      [0, 1, 2].map(async (at) => {
        const registry = ['--base-registry', `v${at}.reg`, '--target-registry', `v${at + 1}.reg`];
        const words = [
          'create',
          `v${at}`,
          `v${at + 1}`,
          '-o',
          `${at}.vpa`,
          '--sequence',
          `${at + 1}`,
          ...registry,
        ];
        const { status, err } = await run(...words);
        expect(status, err).to.equal(0);
      }),
    );
  });
  beforeEach(() => {
    rmSync(place('app'), { recursive: true, force: true });
    cpSync(place('v0'), place('app'), { recursive: true });
    cpSync(place('v0.reg'), place('app.reg'));
  });
  after(() => {
    removeFolder(root);
  });

  const files = ['2.vpa', '0.vpa', '1.vpa'];
  const target = ['--to', 'app', '--registry', 'app.reg'];

  it('are applied as one, with their registry, and undone as one', async () => {
    const rehearsal = await apply(...files, ...target, '--dry-run', '--json');
    expect(rehearsal.status, rehearsal.err).to.equal(0);
    const before = readTree(place('app'));
    const plan = JSON.parse(rehearsal.out) as { changes: object; steps: { file: string }[] };
    expect(plan).to.deep.include({ status: 'dry-run', from: '1.0.0', to: '1.3.0' });
    expect(plan.changes).to.deep.equal({ add: 2, modify: 3, move: 0, remove: 3 });
    expect(plan.steps.map((step) => step.file)).to.deep.equal(['0.vpa', '1.vpa', '2.vpa']);
    expect(readTree(place('app'))).to.deep.equal(before);
    const told = await apply(...files, ...target, '--dry-run');
    expect(told.out).to.match(/needs .* more on the disk meanwhile, and .* of temporary files/);

    const applied = await apply(...files, ...target, '--backup', 'keep');
    expect(applied.status, applied.err).to.equal(0);
    expect(applied.out).to.contain('1.0.0 → 1.3.0');
    const history = JSON.parse(readFileSync(place('app/.vpa/state.json'), 'utf8')) as {
      last: object;
      sequences: object;
    };
    expect(history.last).to.deep.include({ from: '1.0.0', to: '1.3.0', sequence: 3 });
    expect(history.sequences).to.deep.equal({ notes: 3 });
    expect(
      readFileSync(place('app.reg')).toString('utf16le') + readFileSync(place('app.reg'), 'utf8'),
    ).to.contain('1.3');

    const undone = await run('undo', 'app');
    expect(undone.status, undone.err).to.equal(0);
    expect(readTree(place('app'))).to.deep.equal(before);
    expect(readFileSync(place('app.reg'))).to.deep.equal(readFileSync(place('v0.reg')));
  });

  it('pass over what is applied already, and make a new folder', async () => {
    expect((await apply('0.vpa', ...target)).status).to.equal(0);
    const { status, out, err } = await apply(...files, ...target, '--out', 'new');
    expect(status, err).to.equal(0);
    expect(out).to.contain('0.vpa  (applied already)').and.to.contain('1.1.0 → 1.3.0');
    const without = (tree: Record<string, string>): object =>
      Object.fromEntries(Object.entries(tree).filter(([name]) => !name.startsWith('.vpa')));
    expect(without(readTree(place('new')))).to.deep.equal(readTree(place('v3')));
    const again = await apply(...files, '--to', 'new', '--registry', 'new.reg', '--json');
    expect(JSON.parse(again.out)).to.deep.include({ status: 'already-applied', target: 'new' });
  });

  for (const [title, given, status, code] of [
    ['a link that is missing', ['0.vpa', '2.vpa'], 3, 'E_INPUT'],
    ['the same patch twice', ['0.vpa', '0.vpa'], 3, 'E_INPUT'],
    ['a file that is no patch', ['0.vpa', 'v0/gone'], 4, 'E_FORMAT'],
    ['a patch that was tampered with', ['0.vpa', 'bent.vpa', '2.vpa'], 4, 'E_'],
  ] as const) {
    it(`refuse ${title}, and change nothing`, async () => {
      const bent = readFileSync(place('1.vpa'));
      bent.writeUInt8(bent.readUInt8(900) ^ 1, 900);
      writeFileSync(place('bent.vpa'), bent);
      const before = readTree(place('app'));
      const outcome = await apply(...given, ...target);
      expect(outcome.status, outcome.err).to.equal(status);
      expect(outcome.err).to.contain(`[${code}`);
      expect(readTree(place('app'))).to.deep.equal(before);
      expect(existsSync(place('app/.vpa-work'))).to.equal(false);
    });
  }

  it('name a file that only a later patch changes and that is not as it should be', async () => {
    appendFileSync(place('app/gone'), 'mine');
    const { status, err } = await apply(...files, ...target);
    expect(status).to.equal(6);
    expect(err).to.contain('AppRoot/gone: has 13 bytes, not 9');
  });

  it('refuse an older one behind a newer one, each on its own', async () => {
    mkdirSync(place('app/.vpa'));
    const last = { id: 'notes', name: 'notes', from: '', to: '', digest: `sha256:${'0'.repeat(64)}` };
    writeFileSync(place('app/.vpa/state.json'), JSON.stringify({ format: 1, last, sequences: { notes: 2 } }));
    const refused = await apply(...files, ...target);
    expect(refused.status, refused.err).to.equal(6);
    expect(refused.err).to.contain('[E_DOWNGRADE]');
    const { status, err } = await apply(...files, ...target, '--allow-downgrade');
    expect(status, err).to.equal(0);
  });

  it('are chosen among those of a folder; what cannot be used is passed over, and a missing link is named', async () => {
    mkdirSync(place('updates'), { recursive: true });
    for (const name of files) cpSync(place(name), join(place('updates'), name));
    writeFileSync(join(place('updates'), 'junk.vpa'), 'no patch');
    const road = ['--patches', 'updates', ...target];
    const applied = await apply(...road, '--to-version', '~1.2', '--json');
    expect(applied.status, applied.err).to.equal(0);
    const report = JSON.parse(applied.out) as {
      to: string;
      steps: { file: string }[];
      notices: { code: string }[];
    };
    expect(report.to).to.equal('1.2.0');
    expect(report.steps.map(({ file }) => file)).to.deep.equal(
      [0, 1].map((at) => join('updates', `${at}.vpa`)),
    );
    expect(report.notices.map(({ code }) => code)).to.include('patch-ignored');

    const again = await apply(...road, '--to-version', '1.2.0', '--json');
    expect(JSON.parse(again.out)).to.deep.include({ status: 'already-applied', to: '1.2.0' });

    rmSync(join(place('updates'), '2.vpa'));
    const missing = await apply(...road, '--to-version', '1.3.0');
    expect(missing.status).to.equal(3);
    expect(missing.err).to.contain('no patch leads to 1.3.0; there are patches to 1.1.0, 1.2.0');
  });
});
