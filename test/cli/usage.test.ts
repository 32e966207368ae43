import { needsPosix } from '../contract/needs.ts';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeArchive } from '../../src/patch/archive-writer.ts';
import { toCanonicalJson } from '../../src/patch/canonical-json.ts';
import { type Outcome, makeFolder, removeFolder, vpa, writeTree } from './command.ts';

describe('vpa: usage', () => {
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa(words, { cwd });

  before(() => {
    cwd = makeFolder();
    writeTree(cwd, { 'a/file': 'one', 'b/file': 'two' });
  });
  after(() => removeFolder(cwd));

  it('shows help and version', async () => {
    const help = await run('--help');
    expect(help.status).to.equal(0);
    for (const name of [
      'create',
      'inspect',
      'verify',
      'apply',
      'undo',
      'status',
      'recover',
      'diff',
      'keygen',
      'sign',
      'registry',
    ])
      expect(help.out).to.contain(`  ${name} `);
    const create = await run('create', '--help');
    expect(create.status).to.equal(0);
    expect(create.out).to.contain('Examples:\n  $ vpa create');
    const version = await run('--version');
    expect(version.out).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it('explains mistakes on the command line', async () => {
    const unknown = await run('creat');
    expect(unknown.status).to.equal(2);
    expect(unknown.err).to.equal("vpa: unknown command 'creat' [E_USAGE]\nhelp: Did you mean create?\n");
    const codec = await run('create', 'a', 'b', '-o', 'x.vpa', '--codec', 'lzma');
    expect(codec.status).to.equal(2);
    expect(codec.err).to.contain('xdelta3, none').and.to.contain('help: see: vpa create --help');
    const level = await run('create', 'a', 'b', '-o', 'x.vpa', '--level', 'best');
    expect(level.status).to.equal(2);
    expect(level.err).to.contain('fast, default, max').and.to.contain('[E_USAGE]');
    writeTree(cwd, { 'level.mjs': "export default { id: 'x', level: 'best' };" });
    const configured = await run('create', 'a', 'b', '-o', 'x.vpa', '--config', 'level.mjs');
    expect(configured.status).to.equal(2);
    expect(configured.err).to.contain(
      "there is no level 'best' [E_USAGE]\nhelp: there are: fast, default, max",
    );
    const preset = await run('diff', 'a', 'b', '--preset', 'amiga', '--json');
    expect(preset.status).to.equal(2);
    expect(JSON.parse(preset.err)).to.include({
      code: 'E_USAGE',
      help: 'there are: generic, windows',
      stage: null,
    });
  });

  it('names a missing input', async () => {
    const missing = await run('create', 'a', 'nowhere', '-o', 'x.vpa', '--json');
    expect(missing.status).to.equal(3);
    expect(missing.out).to.equal('');
    expect(JSON.parse(missing.err)).to.deep.equal({
      code: 'E_INPUT',
      message: 'nowhere: does not exist',
      stage: null,
      entry: 'nowhere',
      help: 'check the path',
      details: [],
      exitCode: 3,
    });
  });

  it('refuses a patch of a later format', async () => {
    const parts = [
      { name: 'manifest.json', data: toCanonicalJson({ format: 9, minimumReader: 9 }) },
      { name: 'index', data: new Uint8Array([1]) },
    ];
    const archive = writeArchive(
      (async function* () {
        yield* parts;
      })(),
    );
    const pieces: Buffer[] = [];
    for await (const piece of archive) pieces.push(piece as Buffer);
    writeFileSync(join(cwd, 'later.vpa'), Buffer.concat(pieces));
    const seen = await run('inspect', 'later.vpa');
    expect(seen.status).to.equal(4);
    expect(seen.err).to.contain('[E_VERSION]\nhelp: update this program\n');
  });

  it('refuses a socket, and goes on where it is excluded', async function () {
    needsPosix(this, 'there are no sockets in folders here');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(cwd, 'b/s.sock'), resolve));
    try {
      const refused = await run('diff', 'a', 'b');
      expect(refused.status).to.equal(3);
      expect(refused.err).to.contain('is a socket').and.to.contain('exclude it (--exclude)');
      const passed = await run('diff', 'a', 'b', '--exclude', '*.sock', '--json');
      expect(passed.status, passed.err).to.equal(0);
      expect(JSON.parse(passed.out)).to.have.property('changes').with.length(1);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('takes the usual configuration, and the command line over it', async () => {
    writeTree(cwd, {
      'vpa.config.ts': `
        import { stage } from 'gulp-vpa';
        import { defineApplication } from 'gulp-vpa/presets';
        const pass = () => stage('mine', async function* (files) { yield* files as AsyncIterable<never>; });
        export default defineApplication({
          id: 'acme.notes',
          name: 'Acme Notes',
          stages: { create: { after: { capture: pass } } },
        });`,
    });
    const seen = await run('diff', 'a', 'b', '--to', '2.0.0', '--json');
    expect(seen.status, seen.err).to.equal(0);
    expect(JSON.parse(seen.out)).to.include({ id: 'acme.notes', name: 'Acme Notes', to: '2.0.0' });
    expect(JSON.parse(seen.out)).to.have.nested.property('notices[0].code', 'config');
    writeTree(cwd, { 'broken.mjs': "throw new Error('no luck');" });
    const broken = await run('diff', 'a', 'b', '--config', 'broken.mjs');
    expect(broken.status).to.equal(3);
    expect(broken.err).to.contain('vpa: broken.mjs: no luck [E_INPUT]');
  });

  it('overwrites no key', async () => {
    writeTree(cwd, { 'mine.pub.pem': 'mine' });
    const refused = await run('keygen', '-o', 'mine');
    expect(refused.status).to.equal(7);
    expect(existsSync(join(cwd, 'mine.pem'))).to.equal(false);
  });
});
