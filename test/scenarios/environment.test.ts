/** What the machine may lack when a patch is applied: space, rights, a codec. Nothing changes, and nothing is left. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Context } from 'mocha';
import type { Together } from '../../src/stream/together.ts';
import { watchingCalls } from '../fixtures/file-calls.ts';
import { applyPatch, applyPatches, makePatch, refusal } from '../fixtures/patching.ts';
import { file, listing, readTree, treeOf, withScratch, writeTree } from '../fixtures/tree.ts';
import { withoutRights } from '../fixtures/without-rights.ts';
import type { DeltaCodec } from '../../src/delta/codec.ts';
import { chunksOf } from '../../src/bytes.ts';

const base = treeOf({ 'bin/app.exe': 'v1', 'lib/a.dll': 'kept' });

/** Content that no codec makes smaller. */
function noise(size: number): string {
  let state = 1;
  let text = '';
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    text += String.fromCharCode(state >>> 24);
  }
  return text;
}

/** A file system of that many bytes at `path`; skips the test, with the reason, where it cannot be made. */
function smallDisk(test: Context, path: string, size: number): () => void {
  mkdirSync(path, { recursive: true });
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`      skipped, no small file system can be made here: ${stderr.trim()}\n`);
    test.skip();
  }
  return () => void spawnSync('umount', [path]);
}

describe('what the machine lacks', () => {
  it('space: E_SPACE while it drafts, and the target is as it was', async function () {
    await withScratch(async (scratch) => {
      const target = treeOf({ 'bin/app.exe': 'v2', 'lib/a.dll': 'kept', 'data/big.bin': noise(3 << 20) });
      writeTree(join(scratch, 'target'), target);
      const disk = join(scratch, 'disk');
      const unmount = smallDisk(this, disk, 2 << 20);
      try {
        writeTree(join(disk, 'app'), base);
        const patch = await makePatch({ base: join(disk, 'app'), target: join(scratch, 'target') });
        const before = readTree(disk);
        const error = await refusal(() => applyPatch(patch, { to: join(disk, 'app') }), 'E_SPACE');
        expect(error.message).to.match(/no space left/);
        expect(readTree(disk)).to.deep.equal(before);
        const beside = await refusal(
          () => applyPatch(patch, { to: join(disk, 'app'), out: join(disk, 'new') }),
          'E_SPACE',
        );
        expect(beside.help).to.match(/free some space/);
        expect(readTree(disk)).to.deep.equal(before);
      } finally {
        unmount();
      }
    });
  });

  it('space for temporary files of several patches: E_SPACE before the first write', async function () {
    await withScratch(async (scratch) => {
      const versions = [0, 1, 2, 3].map((n) => {
        writeTree(join(scratch, `v${n}`), treeOf({ 'bin/app.exe': `${noise(1 << 20)}${n}`, still: 'x' }));
        return join(scratch, `v${n}`);
      });
      const patches: Buffer[] = [];
      for (const [at, target] of versions.slice(1).entries())
        patches.push(await makePatch({ base: versions[at]!, target }));
      const before = readTree(versions[0]!);
      const disk = join(scratch, 'disk');
      const unmount = smallDisk(this, disk, 2 << 20);
      const usual = process.env['TMPDIR'];
      process.env['TMPDIR'] = disk;
      try {
        for (const dryRun of [true, false]) {
          let [writes, temporary] = [0, 0];
          const onPlan = (together: Together): void => void (temporary = together.temporary);
          const error = await watchingCalls(
            (call) => {
              if (['mkdirSync', 'writeSync', 'writeFileSync', 'renameSync'].includes(call)) writes++;
            },
            async () => refusal(() => applyPatches(patches, { to: versions[0]!, dryRun, onPlan }), 'E_SPACE'),
          );
          // The second patch reads what the first has made while it makes its own.
          expect(temporary).to.equal(2 * ((1 << 20) + 1));
          expect(error.entry).to.equal(disk);
          expect(error.message).to.contain(`${temporary} bytes are needed`);
          expect(error.help).to.contain('TMPDIR');
          expect(writes).to.equal(0);
          expect(readTree(versions[0]!)).to.deep.equal(before);
        }
        // Two need one content in between.
        await applyPatches(patches.slice(0, 2), { to: versions[0]! });
        expect(listing(readTree(versions[0]!, ['.vpa']))).to.deep.equal(listing(readTree(versions[2]!)));
        expect(readdirSync(disk)).to.deep.equal([]);
      } finally {
        if (usual === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = usual;
        unmount();
      }
    });
  });

  it('rights: E_RIGHTS for a target that may not be written, E_INPUT for a folder that may not be read', function () {
    const said = withoutRights(
      this,
      `
      import { mkdtempSync, mkdirSync, writeFileSync, chmodSync } from 'node:fs';
      import { tmpdir } from 'node:os';
      import { join } from 'node:path';
      import { applyPatch, makePatch, refusal } from './test/fixtures/patching.ts';
      const at = mkdtempSync(join(tmpdir(), 'rights-'));
      for (const side of ['base', 'target']) {
        mkdirSync(join(at, side, 'sub'), { recursive: true });
        writeFileSync(join(at, side, 'sub', 'file'), side);
      }
      const patch = await makePatch({ base: join(at, 'base'), target: join(at, 'target') });
      chmodSync(join(at, 'base'), 0o555);
      const unwritable = await refusal(() => applyPatch(patch, { to: join(at, 'base') }));
      chmodSync(join(at, 'base', 'sub'), 0o000);
      const unreadable = await refusal(() => makePatch({ base: join(at, 'base'), target: join(at, 'target') }));
      chmodSync(join(at, 'base', 'sub'), 0o755);
      chmodSync(join(at, 'base'), 0o755);
      process.stdout.write(JSON.stringify([unwritable.code, unwritable.message, unreadable.code, unreadable.message]));
      `,
    );
    const [code, message, other, words] = JSON.parse(said) as string[];
    expect([code, other]).to.deep.equal(['E_RIGHTS', 'E_INPUT']);
    expect(message).to.match(/cannot be written: permission denied/);
    expect(words).to.match(/sub: cannot be read: permission denied/);
  });

  it('a codec: E_CODEC names it and the entry', async () => {
    const secret: DeltaCodec = {
      id: 'secret/1',
      encode: async function* () {
        yield Buffer.from('x');
      },
      decode: (_reference, _delta, size) =>
        chunksOf({ size, read: async () => Buffer.from('v2'.slice(0, size)) }),
    };
    await withScratch(async (scratch) => {
      writeTree(join(scratch, 'base'), base);
      writeTree(join(scratch, 'target'), treeOf({ 'bin/app.exe': 'v2', 'lib/a.dll': 'kept' }));
      const patch = await makePatch({
        base: join(scratch, 'base'),
        target: join(scratch, 'target'),
        codecs: [secret],
      });
      const error = await refusal(() => applyPatch(patch, { to: join(scratch, 'base') }), 'E_CODEC');
      expect(error.message).to.contain('secret/1');
      expect(error.entry).to.equal('AppRoot/bin/app.exe');
      expect(readTree(join(scratch, 'base'))).to.deep.equal(base);
    });
  });

  it('nothing: read-only files and folders are no obstacle', async () => {
    await withScratch(async (scratch) => {
      writeTree(join(scratch, 'base'), treeOf({ 'bin/app.exe': file('v1', 0o444) }));
      writeTree(join(scratch, 'target'), treeOf({ 'bin/app.exe': file('v2', 0o444), 'bin/new.dll': 'n' }));
      const patch = await makePatch({ base: join(scratch, 'base'), target: join(scratch, 'target') });
      chmodSync(join(scratch, 'base', 'bin'), 0o555);
      writeFileSync(join(scratch, 'users.txt'), 'mine');
      await applyPatch(patch, { to: join(scratch, 'base') });
      expect(readdirSync(join(scratch, 'base', 'bin'))).to.deep.equal(['app.exe', 'new.dll']);
      chmodSync(join(scratch, 'base', 'bin'), 0o755);
    });
  });
});
