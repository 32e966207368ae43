/** What the commands say of a store whose own records are damaged, and that nothing is lost by any of them. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { imprint } from '../fixtures/stores.ts';
import { type Outcome, makeFolder, readTree, removeFolder, vpa, writeTree } from './command.ts';

describe('cli: a store with damaged records', function () {
  this.timeout(300_000);
  let cwd = '';
  const run = async (...words: string[]): Promise<Outcome> => vpa([...words, '--store', 'store'], { cwd });
  const ok = (outcome: Outcome): Outcome => {
    expect(outcome.status, outcome.err).to.equal(0);
    return outcome;
  };
  const layer = (path: string): string => join(cwd, 'store/1', path);
  /** The status and what is said, where nothing in the store may be changed. */
  const told = async (
    status: number,
    words: readonly string[],
    ...texts: readonly string[]
  ): Promise<void> => {
    const before = imprint(join(cwd, 'store'));
    const outcome = await run(...words);
    expect(outcome.status, outcome.err).to.equal(status);
    for (const text of texts) expect(outcome.err).to.contain(text);
    expect(imprint(join(cwd, 'store'))).to.deep.equal(before);
  };

  before(async () => {
    cwd = makeFolder();
    for (const version of ['1.0.0', '1.1.0'])
      writeTree(join(cwd, `notes-${version}`), {
        'package.json': JSON.stringify({ name: 'notes', version }),
        same: 'same',
      });
    const words = ['create', 'notes-1.0.0', 'notes-1.1.0', '-o', 'notes.vpa', '--quiet'];
    ok(await vpa(words, { cwd }));
  });
  beforeEach(async () => {
    rmSync(join(cwd, 'store'), { recursive: true, force: true });
    ok(await run('layer', 'import', 'notes-1.0.0', '--quiet'));
    ok(await run('apply', 'notes.vpa', '--allow-unsigned', '--quiet'));
  });
  after(() => removeFolder(cwd));

  it('says how the pointer is mended, mends it without a source, and says which generation counts', async () => {
    rmSync(layer('current.json'));
    const advice = 'vpa repair 1 mends what can be known again';
    await told(0, ['layer', 'list'], 'does not say which generation', advice);
    await told(0, ['layer', 'gc', '--keep', '1'], 'does not say which generation', advice);
    for (const words of [
      ['layer', 'show', '1'],
      ['layer', 'undo', '1'],
      ['repair', '1', '--dry-run'],
    ])
      await told(7, words, 'does not say which generation', advice);
    const mended = ok(await run('repair', '1', '--json'));
    const report = JSON.parse(mended.out) as object;
    expect(report).to.deep.include({
      status: 'repaired',
      source: null,
      mended: [{ record: 'pointer', generation: 2 }],
    });
    const { out } = ok(await run('repair', 'notes'));
    expect(out).to.contain('is as it should be').and.to.contain('none was given');
  });

  it('mends a record, and then what somebody has written into the generation', async () => {
    writeFileSync(layer('generations/2/.vpa/generation.json'), '');
    const { out, err } = ok(await run('repair', '1'));
    expect(out, err).to.contain('was repaired: the record of the generation, 0 B written');
    writeFileSync(layer('generations/2/read-only/files/AppRoot/package.json'), 'x');
    await told(6, ['repair', 'notes'], 'without a source', 'AppRoot/package.json', '--from');
    ok(await run('repair', 'notes', '--from', 'notes-1.1.0'));
    const app = layer('generations/3/read-only/files/AppRoot');
    expect(readTree(app)).to.deep.equal(readTree(join(cwd, 'notes-1.1.0')));
  });

  it('goes back from a generation that nobody knows any more, and shows an old one that is damaged', async () => {
    rmSync(layer('generations/2/layer.json'));
    const words = [
      'layer.json is missing or damaged',
      'go back to the generation before it: vpa layer undo 1',
    ];
    await told(7, ['layer', 'show', '1'], ...words);
    await told(7, ['repair', '1', '--from', 'notes-1.1.0'], ...words);
    const undone = ok(await run('layer', 'undo', '1'));
    expect(undone.err).to.contain('the newest whole one before it counts now');
    expect(undone.out).to.contain('layer 1 went back to generation 1');
    await told(
      0,
      ['layer', 'show', '1'],
      'generations/2: is not a whole generation',
      'not the one that counts',
    );
  });

  it('says what to write where nothing says that it is a store', async () => {
    rmSync(join(cwd, 'store/store.json'));
    await told(3, ['layer', 'list'], 'is not a store of layers', 'write {"format":1} into that');
    writeFileSync(join(cwd, 'store/store.json'), '{"format":1}');
    expect(ok(await run('layer', 'list')).out).to.contain('notes');
  });

  it('needs a source for a folder', async () => {
    const { status, err } = await vpa(['repair', './notes-1.0.0'], { cwd });
    expect(status).to.equal(2);
    expect(err).to.contain('--from SOURCE');
  });
});
