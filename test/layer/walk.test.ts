import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createExclude } from '../../src/layer/excludes.ts';
import { walk } from '../../src/layer/walk.ts';
import { needs, needsPosix } from '../contract/needs.ts';
import { refusal } from '../fixtures/patching.ts';
import { folder, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { withoutRights } from '../fixtures/without-rights.ts';

const namesOf = (root: string, ...excludes: string[]): string[] =>
  walk(root, 'AppRoot', { exclude: createExclude(excludes) }).map(({ name }) => name);

describe('walking through a folder', () => {
  it('finds everything, in byte order of names, and does not follow links', () =>
    withScratch((root) => {
      writeTree(
        root,
        treeOf({ 'd/x': '1', 'd-': '2', 'd.': null, 'd/e/f': '3', '\u{1f600}': '', '\uffee': '' }),
      );
      symlinkSync('d', join(root, 'link'));
      expect(() => namesOf(root)).to.throw('ends in a dot');
      expect(namesOf(root, 'd.')).to.deep.equal([
        'AppRoot/d',
        'AppRoot/d-',
        'AppRoot/d/e',
        'AppRoot/d/e/f',
        'AppRoot/d/x',
        'AppRoot/link',
        'AppRoot/\uffee',
        'AppRoot/\u{1f600}',
      ]);
    }));

  it('does not enter an excluded folder', () =>
    withScratch((root) => {
      writeTree(root, treeOf({ 'keep/a': '', 'cache/bad:name': '', 'cache/x/y': '' }));
      expect(namesOf(root, 'cache')).to.deep.equal(['AppRoot/keep', 'AppRoot/keep/a']);
    }));

  it('refuses a link that leads out, and a name that Windows cannot have', () =>
    withScratch(async (root) => {
      symlinkSync('../../etc/passwd', join(root, 'evil'));
      const link = await refusal(() => namesOf(root), 'E_NAME');
      expect(link.entry).to.equal('AppRoot/evil');
      expect(link.help).to.contain('--exclude');
      expect(namesOf(root, 'evil')).to.deep.equal([]);
      mkdirSync(join(root, 'a'));
      writeFileSync(join(root, 'a', 'b:c'), '');
      expect((await refusal(() => namesOf(root, 'evil'), 'E_NAME')).entry).to.equal('AppRoot/a/b:c');
    }));

  it('refuses a pipe unless it is excluded', async function () {
    needs(this, 'mkfifo', ['--version']);
    await withScratch(async (root) => {
      spawnSync('mkfifo', [join(root, 'pipe')]);
      const error = await refusal(() => namesOf(root), 'E_INPUT');
      expect(error.message).to.contain('is a pipe');
      expect(error.entry).to.equal('AppRoot/pipe');
      expect(namesOf(root, 'pipe')).to.deep.equal([]);
    });
  });

  it('refuses a socket unless it is excluded', async function () {
    needsPosix(this, 'there are no sockets in folders here');
    await withScratch(async (root) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(join(root, 's'), resolve));
      try {
        expect((await refusal(() => namesOf(root), 'E_INPUT')).message).to.contain('is a socket');
        expect(namesOf(root, 's')).to.deep.equal([]);
      } finally {
        server.close();
      }
    });
  });

  it('says which folder cannot be read, and passes over it where it is excluded', async function () {
    needsPosix(this, 'there are no permission bits here');
    await withScratch((root) => {
      chmodSync(root, 0o755);
      writeTree(root, treeOf({ closed: folder(0o000), open: null }));
      const source = (path: string): string =>
        JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src', path)).href);
      const code = `
        const { walk } = await import(${source('layer/walk.ts')});
        const { createExclude } = await import(${source('layer/excludes.ts')});
        const root = ${JSON.stringify(root)};
        try { walk(root, 'AppRoot'); } catch (error) { console.log(error.code, error.message); }
        console.log(walk(root, 'AppRoot', { exclude: createExclude(['closed']) }).length);
      `;
      const output = withoutRights(this, code).split('\n');
      expect(output).to.deep.equal([
        `E_INPUT ${join(root, 'closed')}: cannot be read: permission denied`,
        '1',
      ]);
    });
  });
});
