/**
 * Exercises the installed package as a stranger would: its exports, its types' presence, its command. Runs in a folder that
 * has it in node_modules. Arguments: the project's folder (for real input), and a file that gets the patch's digest.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [project, digests] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'vpa-package-'));
const manifest = JSON.parse(readFileSync('node_modules/gulp-vpa/package.json', 'utf8'));
const command = join('node_modules/gulp-vpa', manifest.bin.vpa);
let passing = 0;
/** Of all patches that have to be the same on every Node.js. */
const patches = createHash('sha256');

/** Runs the command and gives its output. */
const vpa = (...args) =>
  execFileSync(process.execPath, [command, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

async function check(title, body) {
  await body();
  passing++;
  console.log(`  ok ${title}`);
}

console.log(`node ${process.version}`);
try {
  const base = join(project, 'node_modules', '7zip-5.1.1');
  const target = join(project, 'node_modules', '7zip-5.2.0');
  const registry = (version) => join(project, 'examples', 'registry', `7zip-${version}.reg`);
  const patch = join(folder, 'patch.vpa');

  await check('its exports load and have types', async () => {
    for (const [name, { types }] of Object.entries(manifest.exports).filter(([, value]) => value.types)) {
      const module = await import(join('gulp-vpa', name));
      assert.ok(Object.keys(module).length > 3, name);
      assert.ok(existsSync(join('node_modules/gulp-vpa', types)), types);
    }
  });
  await check('keygen, create, inspect, verify', () => {
    vpa('keygen', '-o', join(folder, 'key'));
    const made = JSON.parse(
      vpa(
        ...[
          'create',
          base,
          target,
          '-o',
          patch,
          '--json',
          '--id',
          'org.7-zip',
          '--from',
          '5.1.1',
          '--to',
          '5.2.0',
        ],
        ...[
          '--preset',
          'windows',
          '--base-registry',
          registry('5.1.1'),
          '--target-registry',
          registry('5.2.0'),
        ],
      ),
    );
    assert.equal(made.to, '5.2.0');
    patches.update(readFileSync(patch));
    vpa('sign', patch, '--key', join(folder, 'key.pem'));
    assert.equal(JSON.parse(vpa('inspect', patch, '--json')).signatures.length, 1);
    vpa('verify', patch, '--trust', join(folder, 'key.pub.pem'));
  });
  await check('apply gives the release', () => {
    const here = join(folder, 'app');
    cpSync(base, here, { recursive: true });
    cpSync(registry('5.1.1'), join(folder, 'app.reg'));
    const options = [
      '--to',
      here,
      '--registry',
      join(folder, 'app.reg'),
      '--trust',
      join(folder, 'key.pub.pem'),
    ];
    assert.equal(JSON.parse(vpa('apply', patch, ...options, '--json')).status, 'applied');
    assert.deepEqual(
      readFileSync(join(here, 'win/x64/7za.exe')),
      readFileSync(join(target, 'win/x64/7za.exe')),
    );
    assert.equal(JSON.parse(vpa('apply', patch, ...options, '--json')).status, 'already-applied');
  });
  await check('a configuration file of the user is loaded, with a stage of its own', () => {
    const config = join(process.cwd(), 'vpa.config.ts');
    writeFileSync(
      config,
      `import { defineApplication } from 'gulp-vpa/presets';
       import { stage, isManifest } from 'gulp-vpa';
       const look = () => stage('look', async function* (files) {
         for await (const file of files) { if (isManifest(file)) console.error('a manifest passed'); yield file; }
       });
       export default defineApplication({ id: 'org.7-zip', stages: { create: { after: { seal: look } } } });`,
    );
    const run = spawnSync(
      process.execPath,
      [command, 'create', base, target, '-o', join(folder, 'own.vpa'), '--config', config],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /a manifest passed/);
    rmSync(config);
  });
  await check('large files and groups, in several blocks, are coded alike by 1, 2 and 4 threads', () => {
    const [old, now] = ['large-1', 'large-2'].map((name) => join(folder, name));
    makeLarge(old, 1);
    makeLarge(now, 2);
    const sizes = [1, 2, 4].map((threads) => {
      const file = join(folder, `large-${threads}.vpa`);
      vpa('create', old, now, '-o', file, '--threads', String(threads), '--quiet');
      assert.deepEqual(readFileSync(file), readFileSync(join(folder, 'large-1.vpa')), `${threads} threads`);
      return readFileSync(file).length;
    });
    assert.ok(sizes[0] < 1 << 20, `the patch has ${sizes[0]} bytes`);
    patches.update(readFileSync(join(folder, 'large-1.vpa')));
    const out = join(folder, 'large-out');
    vpa('apply', join(folder, 'large-1.vpa'), '--to', old, '--out', out, '--allow-unsigned');
    for (const name of ['text.txt', 'program.bin', 'small/note-7.txt', 'small/part-7.bin']) {
      assert.deepEqual(readFileSync(join(out, name)), readFileSync(join(now, name)), name);
    }
  });
  await check('bad input has its exit code', () => {
    const run = spawnSync(process.execPath, [command, 'inspect', join(folder, 'missing.vpa')], {
      encoding: 'utf8',
    });
    assert.equal(run.status, 3);
  });
  appendFileSync(digests, `${patches.digest('hex')}\n`);
  console.log(`  ${passing} passing`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A text of two blocks, a program of two, and small files of both kinds that are coded together. */
function makeLarge(where, version) {
  mkdirSync(join(where, 'small'), { recursive: true });
  const word = (number) => createHash('sha256').update(`word ${number}`).digest('base64');
  const line = (number) =>
    `${number} ${word(number % 4999)} ${word((number * 7) % 3001)}${number % 9000 === 0 ? ` ${version}` : ''}\n`;
  const lines = Array.from({ length: 290_000 }, (_, number) => line(number));
  writeFileSync(join(where, 'text.txt'), lines.join(''));
  const bytes = (length, key) =>
    createCipheriv('aes-128-ctr', Buffer.alloc(16, key), Buffer.alloc(16)).update(Buffer.alloc(length));
  const program = bytes(9 << 20, 1);
  for (let at = version; at < program.length; at += 20_011) program[at] = (program[at] + version) & 255;
  writeFileSync(join(where, 'program.bin'), Buffer.concat([bytes(version * 100, 2), program]));
  for (let number = 0; number < 60; number++) {
    const from = number * 50;
    writeFileSync(
      join(where, 'small', `note-${number}.txt`),
      `${lines.slice(from, from + 40).join('')}${version}\n`,
    );
    const part = bytes(3000 + number, number);
    part[number] = version;
    writeFileSync(join(where, 'small', `part-${number}.bin`), part);
  }
}
