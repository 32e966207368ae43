import { needsPosix } from '../contract/needs.ts';
import { copyFileSync, cpSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { type Outcome, makeFolder, noise, readTree, reg, removeFolder, vpa, writeTree } from './command.ts';

const key = '[HKEY_LOCAL_MACHINE\\Software\\Acme]';
const trust = ['--trust', 'acme.pub.pem'];

describe('vpa', () => {
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });
  const json = ({ out }: Outcome): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>;
  const failure = ({ err }: Outcome): Record<string, unknown> => JSON.parse(err) as Record<string, unknown>;

  before(async () => {
    cwd = makeFolder();
    const library = noise(200_000);
    writeTree(cwd, {
      'notes-1.0.0/bin/notes.dll': library,
      'notes-1.0.0/doc/a.txt': 'a\n'.repeat(500),
      'notes-1.0.0/doc/old.txt': 'old',
      'notes-1.0.0/readme': '1.0',
      'notes-1.1.0/bin/notes.dll': Buffer.concat([library, Buffer.from('more')]),
      'notes-1.1.0/doc/b.txt': 'a\n'.repeat(500),
      'notes-1.1.0/readme': '1.1',
      'old.reg': reg(key, '"Version"="1.0"', '"Gone"=dword:00000001'),
      'new.reg': reg(key, '"Version"="1.1"', '', `${key.slice(0, -1)}\\New]`, '"X"=hex:01'),
    });
    expect((await run('keygen', '-o', 'acme')).status).to.equal(0);
  });
  after(() => removeFolder(cwd));

  it('creates a patch and says what it is', async () => {
    const made = await run(
      ...['create', 'notes-1.0.0', 'notes-1.1.0', '-o', 'notes.vpa', '--key', 'acme.pem', '--json'],
      ...['--base-registry', 'old.reg', '--target-registry', 'new.reg', '--exclude', 'logs/**'],
    );
    expect(made.status, made.err).to.equal(0);
    const report = json(made);
    expect(report).to.include({
      id: 'notes',
      name: 'notes',
      from: '1.0.0',
      to: '1.1.0',
      targetSize: 201_421,
    });
    expect(report['size']).to.equal(statSync(join(cwd, 'notes.vpa')).size);
    expect(report['target']).to.include({ version: '1.1.0', entries: 6, size: 201_421 });
    expect(report['registry']).to.deep.equal({
      keys: { added: 1, removed: 0, changed: 0 },
      values: { added: 1, removed: 1, changed: 1 },
    });
    expect(report['rules']).to.deep.equal({ excludes: ['logs/**'], volatile: [], variables: [] });
    expect(
      (report['changes'] as object[]).map((one) => Object.values({ payload: 0, ...one }).slice(1, 3)),
    ).to.deep.equal([
      ['modify', 'AppRoot/bin/notes.dll'],
      ['move', 'AppRoot/doc/b.txt'],
      ['remove', 'AppRoot/doc/old.txt'],
      ['modify', 'AppRoot/readme'],
      ['modify', 'Registry/machine'],
    ]);
    const codecs = (report['changes'] as { codec: string | null }[]).map(({ codec }) => codec);
    expect(codecs).to.deep.equal(['cover/1', null, null, 'whole', 'registry/1']);
    expect((report['changes'] as object[])[1]).to.include({
      from: 'AppRoot/doc/a.txt',
      size: 1000,
      payload: 0,
    });
    expect(report['signatures']).to.have.length(1);
    expect(report['notices']).to.deep.equal([
      { code: 'exclude-unmatched', message: 'the exclude rule "logs/**" matched nothing' },
    ]);
    // The same two folders inspected without the registry: the same report comes from the file alone.
    const { objects, ...seen } = json(await run('inspect', 'notes.vpa', '--json'));
    expect(objects).to.deep.equal([]);
    expect({ ...seen, file: 'notes.vpa' }).to.deep.equal({ ...report, notices: [] });
  });

  it('inspects and verifies for people', async () => {
    const seen = await run('inspect', 'notes.vpa');
    expect(seen.status, seen.err).to.equal(0);
    expect(seen.out).to.match(/^notes {2}1\.0\.0 → 1\.1\.0\n/);
    expect(seen.out).to.match(/registry +keys 1 added; values 1 added, 1 removed, 1 changed\n/);
    expect(seen.out).to.contain('signatures are listed, not verified');
    expect(seen.out).to.contain('AppRoot/doc/b.txt  (was AppRoot/doc/a.txt)');
    const base = ['--base', 'notes-1.1.0', '--base-registry', 'new.reg'];
    const checked = await run('verify', 'notes.vpa', ...trust, ...base);
    expect(checked.status, checked.err).to.equal(0);
    expect(checked.out).to.contain('notes-1.1.0 is the version that the patch makes, already');
  });

  it('tells a folder that differs where the patch does not touch it', async () => {
    cpSync(join(cwd, 'notes-1.0.0'), join(cwd, 'drifted'), { recursive: true });
    writeFileSync(join(cwd, 'drifted/extra'), 'extra');
    const base = ['--base', 'drifted', '--base-registry', 'old.reg'];
    const checked = await run('verify', 'notes.vpa', ...trust, ...base, '--json');
    expect(checked.status).to.equal(6);
    expect(failure(checked)).to.include({ code: 'E_BASE_MISMATCH', entry: 'drifted', exitCode: 6 });
  });

  it('rehearses, applies, and applies no second time', async () => {
    cpSync(join(cwd, 'notes-1.0.0'), join(cwd, 'installed'), { recursive: true });
    copyFileSync(join(cwd, 'old.reg'), join(cwd, 'installed.reg'));
    const words = ['apply', 'notes.vpa', '--to', 'installed', '--registry', 'installed.reg', ...trust];
    const dry = await run(...words, '--dry-run', '--json');
    expect(dry.status, dry.err).to.equal(0);
    expect(json(dry)).to.include({ status: 'dry-run', from: '1.0.0', to: '1.1.0', target: 'installed' });
    expect(json(dry)['changes']).to.deep.equal({ add: 0, modify: 3, move: 1, remove: 1 });
    expect(readTree(join(cwd, 'installed'))).to.deep.equal(readTree(join(cwd, 'notes-1.0.0')));
    expect(readFileSync(join(cwd, 'installed.reg'))).to.deep.equal(readFileSync(join(cwd, 'old.reg')));
    const applied = await run(...words);
    expect(applied.status, applied.err).to.equal(0);
    expect(applied.out).to.contain('applied to installed: 3 changed, 1 moved, 1 removed');
    expect(readTree(join(cwd, 'installed'))).to.deep.equal(readTree(join(cwd, 'notes-1.1.0')));
    const again = await run(...words, '--json');
    expect(again.status, again.err).to.equal(0);
    expect(json(again)).to.include({ status: 'already-applied' });
  });

  it('makes a new folder, with progress as lines of JSON', async () => {
    const words = ['apply', 'notes.vpa', '--to', 'notes-1.0.0', '--registry', 'old.reg', ...trust];
    const applied = await run(...words, '--out', 'fresh', '--progress', 'json', '--quiet');
    expect(applied.status, applied.err).to.equal(0);
    expect(applied.out).to.equal('');
    expect(readTree(join(cwd, 'fresh'))).to.deep.equal(readTree(join(cwd, 'notes-1.1.0')));
    const lines = applied.err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const last = lines.at(-1);
    // Five that change, and two that are copied.
    expect(last).to.include({ stage: 'deploy', done: 7, total: 7, unit: 'entries' });
    expect(join(cwd, 'notes-1.0.0'), 'a path of what stays').to.equal(dirname(String(last?.['label'])));
    expect(last).to.have.all.keys('stage', 'done', 'total', 'unit', 'label', 'rate', 'remaining');
    // The contents of the two files that are made; a moved one is none.
    const contents = lines.filter(({ stage }) => stage === 'apply').at(-1);
    expect(contents).to.include({ done: 200_007, total: 200_007, unit: 'bytes' });
  });

  it('refuses a patch that nobody has signed, unless told otherwise', async () => {
    const made = await run('create', 'notes-1.0.0', 'notes-1.1.0', '-o', 'bare.vpa', '--codec', 'none');
    expect(made.status, made.err).to.equal(0);
    expect(made.err).to.equal('note: the patch is not signed: no key was given\n');
    const refused = await run('apply', 'bare.vpa', '--to', 'notes-1.0.0', ...trust);
    expect(refused.status).to.equal(5);
    expect(refused.err).to.match(/^vpa: .+ \[E_UNTRUSTED\]\nhelp: .+\n$/);
    const insisted = await run('apply', 'bare.vpa', '--to', 'notes-1.0.0', '--allow-unsigned', '--dry-run');
    expect(insisted.status, insisted.err).to.equal(0);
    expect(insisted.err).to.equal('note: who made this patch was not checked\n');
  });

  it('signs once, and keeps everything else as it is', async () => {
    const unsigned = readFileSync(join(cwd, 'bare.vpa'));
    const signed = await run('sign', 'bare.vpa', '--key', 'acme.pem', '--json');
    expect(signed.status, signed.err).to.equal(0);
    expect(json(signed)).to.include({ status: 'signed' });
    const once = readFileSync(join(cwd, 'bare.vpa'));
    expect(once.length).to.be.greaterThan(unsigned.length);
    const again = await run('sign', 'bare.vpa', '--key', 'acme.pem');
    expect(again.status, again.err).to.equal(0);
    expect(again.out).to.contain('nothing was changed');
    expect(readFileSync(join(cwd, 'bare.vpa'))).to.deep.equal(once);
    const checked = await run('verify', 'bare.vpa', ...trust, '--json');
    expect(json(checked)).to.include({ status: 'ok', frames: 1 });
  });

  it('names the entries of a wrong base', async () => {
    const refused = await run('apply', 'bare.vpa', '--to', 'notes-1.1.0/doc', ...trust, '--json');
    expect(refused.status).to.equal(6);
    const error = failure(refused);
    expect(error).to.include({
      code: 'E_BASE_MISMATCH',
      stage: 'apply',
      entry: 'AppRoot/bin/notes.dll',
      exitCode: 6,
    });
    expect(error['details']).to.include('AppRoot/doc/old.txt: is missing (as the patch leaves it)');
    expect(error['drift']).to.have.nested.property('counts.missing').that.is.greaterThan(0);
    expect(error['help']).to.contain('vpa repair');
  });

  it('shows the difference without a patch', async () => {
    const words = [
      'diff',
      'notes-1.0.0',
      'notes-1.1.0',
      '--base-registry',
      'old.reg',
      '--target-registry',
      'new.reg',
    ];
    const seen = await run(...words);
    expect(seen.status, seen.err).to.equal(0);
    expect(seen.out).to.match(/> {2}AppRoot\/doc\/b\.txt +was AppRoot\/doc\/a\.txt\n/);
    expect(seen.out).to.contain(`${key}\n"Gone"=- ; removed\n"Version"="1.1" ; changed\n`);
  });

  it('says what each file takes, and why', async () => {
    const old = noise(40_000, 5);
    const lines = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, at) => `line ${from + at} of many\n`).join('');
    writeTree(cwd, {
      'why-1/doc/a.txt': lines(0, 900),
      'why-1/doc/b.txt': lines(900, 1800),
      'why-1/lib': old,
      'why-2/doc/a.txt': lines(0, 900) + lines(3000, 3100),
      'why-2/doc/b.txt': lines(900, 1800) + lines(4000, 4010),
      'why-2/lib': old.map((byte, at) => (at % 50 === 0 ? byte ^ 1 : byte)),
      'why-2/secret': Buffer.concat([Buffer.from('PK\u0003\u0004'), noise(60_000, 6)]),
    });
    const make = ['create', 'why-1', 'why-2', '-o', 'why.vpa', '--explain', '--level', 'max', '--json'];
    const made = await run(...make);
    expect(made.status, made.err).to.equal(0);
    const report = json(made) as unknown as {
      size: number;
      contents: number;
      overhead: number;
      changes: { name: string; cost: number; share: number; codec: string; group?: number }[];
      groups: { codec: string; files: number; references: string[] }[];
      explanations: { name: string; reasons: string[] }[];
    };
    const cost = new Map(report.changes.map((one) => [one.name.slice('AppRoot/'.length), one.cost]));
    const sum = [...cost.values()].reduce((a, b) => a + b, 0);
    expect(sum + report.overhead).to.be.closeTo(report.size, 100);
    expect(cost.get('secret')).to.be.closeTo(60_000, 1500);
    expect(cost.get('doc/a.txt')).to.be.greaterThan(cost.get('doc/b.txt') ?? 0);
    const text = report.groups.find(({ references }) => references.includes('AppRoot/doc/a.txt'));
    expect(text).to.deep.include({ codec: 'cover/1', files: 2 });
    expect(text?.references).to.deep.equal(['AppRoot/doc/a.txt', 'AppRoot/doc/b.txt']);
    expect(report.explanations[0]).to.deep.include({
      name: 'AppRoot/secret',
      reasons: ['no-reference', 'high-entropy'],
    });
    const seen = await run('inspect', 'why.vpa', '--explain');
    expect(seen.status, seen.err).to.equal(0);
    expect(seen.out).to.match(/cover\/1 in group 0/);
    expect(seen.out).to.match(
      /AppRoot\/secret: about 6\d\.\d kB, \d\d\.\d % of the patch: no old file is like it/,
    );
    const all = json(await run('inspect', 'why.vpa', '--explain', '--json'));
    expect(all['changes']).to.deep.equal(report.changes);
    expect((await run(...make, '--level', 'fast')).status).to.equal(0);
    const fast = json(await run('inspect', 'why.vpa', '--json'));
    // Another level, other bytes.
    expect(fast['size']).to.not.equal(report.size);
  });

  it('refuses what is no whole patch', async () => {
    const whole = readFileSync(join(cwd, 'notes.vpa'));
    writeFileSync(join(cwd, 'short.vpa'), whole.subarray(0, -100));
    const short = await run('inspect', 'short.vpa', '--json');
    expect([short.status, failure(short)['code']]).to.deep.equal([4, 'E_FORMAT']);
    // An empty zip archive of another program.
    writeFileSync(join(cwd, 'foreign.zip'), Buffer.from('504b0506'.padEnd(44, '0'), 'hex'));
    const foreign = await run('inspect', 'foreign.zip');
    expect(foreign.status).to.equal(4);
    expect(foreign.err).to.contain('not a patch archive');
  });

  it('leaves no file when it is cancelled', async function () {
    needsPosix(this, 'a process cannot be interrupted by a signal here');
    writeTree(cwd, { 'big-1/data': noise(6_000_000), 'big-2/data': noise(6_000_000, 2) });
    writeTree(cwd, {
      'big-1/other': noise(3_000_000, 3),
      'big-2/other': noise(3_000_000, 4),
      'out/keep': '',
    });
    let asked = false;
    const stopped = await vpa(['create', 'big-1', 'big-2', '-o', 'out/x.vpa', '--progress', 'json'], {
      cwd,
      watch: (child) => {
        if (!asked) child.kill('SIGINT');
        asked = true;
      },
    });
    expect(stopped.status, stopped.err).to.equal(130);
    expect(stopped.err).to.contain('vpa: cancelled; nothing was changed [E_CANCELLED]');
    expect(readdirSync(join(cwd, 'out'))).to.deep.equal(['keep']);
  });
});
