/** The road through a folder of real patches: only manifests of those that are trusted count, whatever the files are called. */
import { expect } from 'chai';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type PlannedRoad, planRoad } from '../../presets/index.ts';
import { ed25519Signer, ed25519Verifier, generateKeyPair } from '../../src/sign/ed25519.ts';
import { openPlace } from '../../src/store/open-place.ts';
import { applyPatch, makePatch, refusal } from '../fixtures/patching.ts';
import { bendPart } from '../fixtures/bent.ts';
import { noise } from '../fixtures/random-layer.ts';
import { type Tree, discard, scratch, treeOf, writeTree } from '../fixtures/tree.ts';

const [ours, theirs] = [generateKeyPair(), generateKeyPair()];
const trust = { keys: [ed25519Verifier(ours.publicKey)], threshold: 1 };

const version = (n: number): Tree =>
  treeOf({
    program: `${noise(3000, 1)}${n}`,
    // What a patch over several versions brings at once is less than what the steps bring one by one.
    data: noise(20_000, n),
    // Frames of so many bytes are parts of their own.
    ...(n > 3 && { wide: noise(90_000, n) }),
    'package.json': JSON.stringify({ name: 'notes', version: `1.${n}.0` }),
  });

describe('the road through a folder of patches', function () {
  this.timeout(120_000);
  const root = scratch();
  const place = (name: string): string => join(root, name);
  const folder = place('updates');
  let ignored: { file: string; code: string }[] = [];

  before(async () => {
    for (const n of [0, 1, 2, 3, 4, 5, 6]) writeTree(place(`v${n}`), version(n));
    mkdirSync(place('made'));
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 2],
      [4, 5],
      [5, 6],
      [4, 6],
    ] as const)
      await make(`${from}-${to}`, from, to);
    await make('theirs', 0, 3, { signers: [ed25519Signer(theirs.privateKey)] });
    await make('unsigned', 0, 3, { signers: [] });
    await make('other', 0, 3, { id: 'other' });
    await make('late', 0, 3, { notAfter: '2001-01-01T00:00:00Z' });
  });
  beforeEach(() => {
    for (const name of ['app', 'updates']) rmSync(place(name), { recursive: true, force: true });
    mkdirSync(folder);
    ignored = [];
  });
  after(() => {
    discard(root);
  });

  async function make(name: string, from: number, to: number, options: object = {}): Promise<void> {
    const signed = { signers: [ed25519Signer(ours.privateKey)], ...options };
    const sides = { base: place(`v${from}`), target: place(`v${to}`), from: `1.${from}.0`, to: `1.${to}.0` };
    writeFileSync(place(`made/${name}.vpa`), await makePatch({ ...sides, ...signed }));
  }
  /** The folder has these patches, and the application is at that version. */
  function given(at: number, ...names: string[]): void {
    writeTree(place('app'), version(at));
    for (const name of names) cpSync(place(`made/${name}.vpa`), join(folder, `${name}.vpa`));
  }
  const plan = async (wanted: string, options: object = {}): Promise<PlannedRoad> =>
    planRoad({
      ...{ patches: folder, version: wanted, trust, signal: new AbortController().signal },
      place: openPlace({ to: place('app') }),
      onIgnored: (file, { code }) => void ignored.push({ file: basename(file), code }),
      ...options,
    });
  const names = ({ steps }: PlannedRoad): string[] => steps.map(({ label }) => basename(label, '.vpa'));

  it('is the one with the fewest bytes', async () => {
    given(0, '0-1', '1-2', '2-3', '0-2');
    const road = await plan('1.3.0');
    expect(names(road)).to.deep.equal(['0-2', '2-3']);
    expect(road.size).to.equal(road.steps.reduce((sum, { label }) => sum + statSync(label).size, 0));
    expect([road.from.version, road.to.version]).to.deep.equal(['1.0.0', '1.3.0']);
    rmSync(join(folder, '0-2.vpa'));
    expect(names(await plan('1.3.0'))).to.deep.equal(['0-1', '1-2', '2-3']);
  });

  it('does not lead over what nobody trusted has signed, what has run out, or what is no patch, and says so', async () => {
    given(0, '0-1', '1-2', '2-3', 'theirs', 'unsigned', 'late');
    writeFileSync(join(folder, 'junk.vpa'), 'no patch');
    writeFileSync(join(folder, 'cut.vpa'), readFileSync(place('made/0-2.vpa')).subarray(0, 900));
    writeFileSync(join(folder, 'notes.txt'), 'not looked at');
    expect(names(await plan('1.3.0'))).to.deep.equal(['0-1', '1-2', '2-3']);
    expect(ignored).to.deep.equal([
      { file: 'cut.vpa', code: 'E_FORMAT' },
      { file: 'junk.vpa', code: 'E_FORMAT' },
      { file: 'late.vpa', code: 'E_UNTRUSTED' },
      { file: 'theirs.vpa', code: 'E_UNTRUSTED' },
      { file: 'unsigned.vpa', code: 'E_UNTRUSTED' },
    ]);
  });

  describe('with a damaged patch', () => {
    for (const [what, part] of [
      ['index', 'index'],
      ['frame', 'frames/'],
    ] as const) {
      it(`whose ${what} is damaged takes another road, and says which file was left out`, async () => {
        given(4, '4-5', '5-6', '4-6');
        expect(names(await plan('1.6.0'))).to.deep.equal(['4-6']);
        bendPart(join(folder, '4-6.vpa'), part);
        const road = await plan('1.6.0');
        expect(names(road)).to.deep.equal(['4-5', '5-6']);
        expect(ignored).to.deep.equal([{ file: '4-6.vpa', code: 'E_DIGEST' }]);
      });

      it(`whose ${what} is damaged, and that is the only road, has the error of the damage`, async () => {
        given(4, '5-6', '4-6');
        bendPart(join(folder, '4-6.vpa'), part);
        const error = await refusal(() => plan('1.6.0'), 'E_DIGEST');
        expect(error.message).to.contain('4-6.vpa: ').and.to.contain('without it: ');
        expect(error.entry).to.equal(join(folder, '4-6.vpa'));
        expect(error.help).to.equal('get the patch again');
        expect(error.data).to.have.nested.property('ignored[0].code', 'E_DIGEST');
      });
    }

    it('which leads elsewhere is told beside the link that is missing', async () => {
      given(0, '0-1', '2-3');
      writeFileSync(join(folder, 'cut.vpa'), readFileSync(place('made/1-2.vpa')).subarray(0, 900));
      const error = await refusal(() => plan('1.3.0'), 'E_INPUT');
      expect(error.message).to.contain('a patch 1.1.0 → 1.2.0 is missing');
      expect(error.details).to.have.length(1);
      expect(error.details[0]).to.contain('cut.vpa is passed over: ');
    });

    it('and no other is refused', async () => {
      given(0, '0-1');
      bendPart(join(folder, '0-1.vpa'), 'index');
      const error = await refusal(() => plan('latest'), 'E_DIGEST');
      expect(error.message).to.contain('has no patch that can be used');
    });
  });

  it('of which no patch is trusted is refused', async () => {
    given(0, 'theirs', 'unsigned');
    const error = await refusal(() => plan('1.3.0'), 'E_INPUT');
    expect(error.message).to.contain('has no patch that can be used');
    expect(error.help).to.contain('whose signatures you trust');
  });

  it('starts from what is there, whatever the target says of itself', async () => {
    given(1, '0-1', '1-2', '2-3');
    // Somebody has updated the file by hand, which the patches change, too: no version is there.
    writeTree(place('app'), treeOf({ 'package.json': JSON.stringify({ name: 'notes', version: '1.2.0' }) }));
    await refusal(() => plan('1.3.0'), 'E_BASE_MISMATCH');
    writeTree(place('app'), version(1));
    // What was remembered of another version that came over this one is wrong, too.
    const { digest } = (await plan('1.3.0')).to;
    mkdirSync(place('app/.vpa'));
    const last = { id: 'notes', name: 'notes', from: '1.2.0', to: '1.3.0', digest };
    writeFileSync(place('app/.vpa/state.json'), JSON.stringify({ format: 1, last, sequences: {} }));
    const road = await plan('1.3.0');
    expect(road.from.version).to.equal('1.1.0');
    expect(names(road)).to.deep.equal(['1-2', '2-3']);
  });

  it('is for the application that is there, where the folder has patches of several', async () => {
    given(0, '0-1', 'other');
    await applyPatch(readFileSync(place('made/0-1.vpa')), { to: place('app'), trust, backup: 'keep' });
    const error = await refusal(() => plan('1.3.0'), 'E_INPUT');
    expect(error.message).to.equal('no patch leads to 1.3.0; there are patches to 1.1.0');
  });

  it('names the link that is missing', async () => {
    given(0, '0-1', '2-3');
    const error = await refusal(() => plan('1.3.0'), 'E_INPUT');
    expect(error.message).to.equal(
      'no road from 1.0.0 to 1.3.0: patches reach 1.0.0, 1.1.0; a patch 1.1.0 → 1.2.0 is missing',
    );
    // Whoever asks for no version in particular goes as far as it leads.
    expect((await plan('latest')).to.version).to.equal('1.1.0');
  });
});
