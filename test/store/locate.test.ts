/** Which version a target has: what it says of itself is a hint, what is there decides, and as little as possible is read. */
import { expect } from 'chai';
import { type Digest, digestOf } from '../../src/bytes.ts';
import { PatchError } from '../../src/errors.ts';
import type { State } from '../../src/patch/manifest.ts';
import type { Step } from '../../src/patch/order-steps.ts';
import { type LocateOptions, locate } from '../../src/store/locate.ts';
import { refusal } from '../fixtures/patching.ts';

const state = (version: string, content = version): State => ({
  version,
  digest: digestOf(Buffer.from(content)),
});
const v = (n: number): State => state(`1.${n}.0`);

function patch(base: State, target: State): Step {
  const rules = { excludes: [], volatile: [], variables: [] };
  const label = `${base.version}-${target.version}.vpa`;
  return { label, manifest: { application: { id: 'notes', name: 'Notes' }, base, target, rules } };
}
const hop = (from: number, to: number): Step => patch(v(from), v(to));

/** Where patches fit, by label: at their base, at their target; the others at neither. */
type Fits = Readonly<Record<string, 'base' | 'target'>>;

interface Looked {
  readonly from: Promise<State>;
  /** Labels of the patches that were held against the target, and of those whose rules it was read whole through. */
  readonly tried: string[];
  readonly whole: string[];
}

function look(
  patches: readonly Step[],
  fits: Fits,
  options: Partial<LocateOptions<Step>> & { readonly is?: Digest } = {},
): Looked {
  const [tried, whole]: [string[], string[]] = [[], []];
  const from = locate({
    patches,
    hints: [],
    sideOf: async ({ label }) => {
      tried.push(label);
      const side = fits[label];
      if (side !== undefined) return side;
      const details = label.startsWith('1.2.0') ? ['one'] : ['one', 'two'];
      throw new PatchError('E_BASE_MISMATCH', `${label}: ${details.length} entries differ`, { details });
    },
    wholeDigest: async ({ label }) => {
      whole.push(label);
      return options.is ?? digestOf(Buffer.from('none'));
    },
    signal: new AbortController().signal,
    ...options,
  });
  return { from, tried, whole };
}

const line = [hop(0, 1), hop(1, 2), hop(2, 3)];

describe('where a target is among versions', () => {
  for (const [title, hint] of [
    ['digest', { digest: v(1).digest }],
    ['version', { version: '1.1.0' }],
  ] as const) {
    it(`is believed from a ${title} as soon as one patch from there fits`, async () => {
      const { from, tried } = look(line, { '1.1.0-1.2.0.vpa': 'base' }, { hints: [hint] });
      expect(await from).to.deep.equal(v(1));
      expect(tried).to.deep.equal(['1.1.0-1.2.0.vpa']);
    });
  }

  it('is believed at the end of the line, from the patch that leads there', async () => {
    const { from, tried } = look(line, { '1.2.0-1.3.0.vpa': 'target' }, { hints: [{ version: '1.3.0' }] });
    expect(await from).to.deep.equal(v(3));
    expect(tried).to.deep.equal(['1.2.0-1.3.0.vpa']);
  });

  for (const [title, hints] of [
    ['wrong', [{ version: '1.0.0' }]],
    ['wrong twice', [{ digest: v(3).digest }, { version: '1.0.0' }]],
    ['of a version that no patch knows', [{ version: '7.0.0' }]],
  ] as const) {
    it(`is found out where the hint is ${title}, each patch tried once`, async () => {
      const fits: Fits = { '1.1.0-1.2.0.vpa': 'target', '1.2.0-1.3.0.vpa': 'base' };
      const { from, tried, whole } = look(line, fits, { hints });
      expect(await from).to.deep.equal(v(2));
      expect(tried.toSorted()).to.deep.equal(line.map(({ label }) => label));
      expect(whole).to.deep.equal([]);
    });
  }

  it('takes the later hint where the first is wrong', async () => {
    const hints = [{ digest: v(0).digest }, { version: '1.2.0' }];
    const { from, tried } = look(line, { '1.2.0-1.3.0.vpa': 'base' }, { hints });
    expect(await from).to.deep.equal(v(2));
    expect(tried).to.deep.equal(['1.0.0-1.1.0.vpa', '1.2.0-1.3.0.vpa']);
  });

  it('is not where only one of the patches from there fits', async () => {
    const patches = [hop(0, 1), hop(0, 2), hop(3, 4)];
    const { from } = look(patches, { '1.0.0-1.1.0.vpa': 'base', '1.3.0-1.4.0.vpa': 'base' });
    expect(await from).to.deep.equal(v(3));
  });

  it('prefers a version that the patches into it confirm, too', async () => {
    // Whoever changes nothing that 1.2.0 → 1.3.0 touches stays a base of it in all later versions.
    const fits: Fits = { '1.0.0-1.1.0.vpa': 'target', '1.1.0-1.2.0.vpa': 'base', '1.2.0-1.3.0.vpa': 'base' };
    const { from, whole } = look(line, fits);
    expect(await from).to.deep.equal(v(1));
    expect(whole).to.deep.equal([]);
  });

  const twins = [patch(state('1.0.0', 'a'), v(1)), patch(state('1.0.0', 'b'), v(2))];
  const both: Fits = Object.fromEntries(twins.map(({ label }) => [label, 'base']));

  it('reads the whole target only where several versions fit', async () => {
    const { from, whole } = look(twins, both, { is: state('', 'b').digest });
    expect(await from).to.deep.equal(state('1.0.0', 'b'));
    expect(whole).to.deep.equal(twins.map(({ label }) => label));
  });

  it('E_INPUT names them where not even that tells them apart', async () => {
    const patches = [...twins, hop(5, 6)];
    const error = await refusal(() => look(patches, { ...both, '1.5.0-1.6.0.vpa': 'base' }).from, 'E_INPUT');
    expect(error.message).to.equal('the target may be 1.0.0, 1.5.0: nothing tells which');
    expect(error.help).to.contain('vpa apply FILE');
  });

  it('E_BASE_MISMATCH names the versions that are known, and what differs from the nearest', async () => {
    const error = await refusal(() => look(line, {}).from, 'E_BASE_MISMATCH');
    expect(error.message).to.equal(
      'the target has none of the versions that the patches know: 1.0.0, 1.1.0, 1.2.0, 1.3.0; nearest: 1.2.0-1.3.0.vpa: 1 entries differ',
    );
    expect(error.details).to.deep.equal(['one']);
  });

  it('passes on what is no answer, and stops when it is cancelled', async () => {
    const damaged = async (): Promise<never> => Promise.reject(new PatchError('E_DIGEST', 'damaged'));
    await refusal(() => look(line, {}, { sideOf: damaged }).from, 'E_DIGEST');
    await refusal(() => look(line, {}, { signal: AbortSignal.abort() }).from, 'E_CANCELLED');
  });
});
