import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { createSpool } from '../src/spool.ts';
import { type AnyCall, watchingAllCalls } from './fixtures/file-calls.ts';
import { refusal } from './fixtures/patching.ts';
import { withScratch } from './fixtures/tree.ts';

/** Runs with a folder for temporary files of its own. */
async function withTemporary(
  path: (root: string) => string,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const usual = process.env['TMPDIR'];
  await withScratch(async (root) => {
    process.env['TMPDIR'] = path(root);
    try {
      await use(path(root));
    } finally {
      if (usual === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = usual;
    }
  });
}

const failing = (name: AnyCall, code: string) => (call: AnyCall) => {
  if (call === name) throw Object.assign(new Error(code), { code });
};

describe('bytes on their way in a temporary file', () => {
  it('leave no name behind, and are gone when they are given back', () =>
    withTemporary(
      (root) => root,
      async (folder) => {
        const spool = createSpool(0);
        spool.append(Buffer.from('some'));
        spool.append(Buffer.from('thing'));
        expect(Buffer.from(await spool.read(2, 5)).toString()).to.equal('methi');
        if (process.platform !== 'win32') expect(readdirSync(folder)).to.deep.equal([]);
        spool.close();
        spool.close();
        expect(readdirSync(folder)).to.deep.equal([]);
      },
    ));

  it('are given back without an error, since that may happen while something else is going on', () =>
    withTemporary(
      (root) => root,
      async (folder) => {
        const spool = createSpool(0);
        await watchingAllCalls(failing('rmSync', 'EIO'), async () => {
          spool.append(Buffer.from('some'));
          spool.close();
        });
        expect(readdirSync(folder)).to.have.length(1);
        spool.close();
        expect(readdirSync(folder), 'tried again').to.deep.equal([]);
      },
    ));

  for (const [call, code, wanted] of [
    ['openSync', 'EACCES', 'E_RIGHTS'],
    ['openSync', 'ENOSPC', 'E_SPACE'],
    ['writeSync', 'ENOSPC', 'E_SPACE'],
  ] as const) {
    it(`say ${wanted} for ${code} of ${call}, and leave nothing`, () =>
      withTemporary(
        (root) => root,
        async (folder) => {
          const spool = createSpool(0);
          await watchingAllCalls(failing(call, code), async () => {
            const error = await refusal(() => spool.append(Buffer.from('some')), wanted);
            expect(error.entry).to.equal(folder);
          });
          spool.close();
          expect(readdirSync(folder)).to.deep.equal([]);
        },
      ));
  }

  it('say E_INPUT where they cannot be read again, and where there is no folder for them', async () => {
    const spool = createSpool(0);
    spool.append(Buffer.from('some'));
    await watchingAllCalls(failing('readSync', 'EIO'), async () => {
      await refusal(() => spool.read(0, 4), 'E_INPUT');
    });
    spool.close();
    await withTemporary(
      (root) => `${root}/none`,
      async () => {
        await refusal(() => createSpool(0).append(Buffer.from('some')), 'E_INPUT');
      },
    );
  });
});
