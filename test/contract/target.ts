/** The suite that every target on a disk has to pass (src/store/target.ts). */
import { expect } from 'chai';
import { digestOf } from '../../src/bytes.ts';
import { entryName } from '../../src/layer/name.ts';
import type { Change } from '../../src/patch/change.ts';
import type { Release, Target } from '../../src/store/target.ts';
import { listing, readTree, withScratch } from '../fixtures/tree.ts';
import { refusal } from '../fixtures/patching.ts';

export interface TargetSubject {
  readonly target: Target;
  /** The content of the file as a user sees it where the new version is to be; null where there is none. */
  readonly seen: (name: string) => string | null;
}

const signal = new AbortController().signal;
const after = Buffer.from('two');
const change: Change = {
  ...{ kind: 'modify', name: entryName('AppRoot/a'), encoding: [], payload: 0 },
  before: { type: 'file', size: 3, digest: digestOf(Buffer.from('one')) },
  after: { type: 'file', size: after.length, digest: digestOf(after) },
};
const release: Release = {
  identity: { id: 'notes', name: 'Notes', version: '2' },
  ...{ from: '1', digest: digestOf(after), size: after.length, changes: [change] },
};

async function* contents(): AsyncGenerator<Uint8Array> {
  yield after.subarray(0, 1);
  yield after.subarray(1);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield after;
  throw new Error('the contents are damaged');
}

/** `make` gives a target in an empty folder whose base has the file `a` of the content `one`. */
export function targetContract(name: string, make: (root: string) => Promise<TargetSubject>): void {
  describe(`${name} as a target`, () => {
    it('shows nothing before the commit, and everything after it', () =>
      withScratch(async (root) => {
        const { target, seen } = await make(root);
        const before = seen('a');
        await target.prepare(release, signal);
        await target.stage(change, contents(), signal);
        expect(seen('a')).to.equal(before);
        await target.commit(signal);
        expect(seen('a')).to.equal('two');
        await target.abort();
        expect(seen('a')).to.equal('two');
      }));

    it('leaves no trace of what was not committed, however often that is said', () =>
      withScratch(async (root) => {
        const { target } = await make(root);
        const before = listing(readTree(root));
        await target.abort();
        await target.prepare(release, signal);
        await target.stage(change, contents(), signal);
        await target.abort();
        await target.abort();
        expect(listing(readTree(root))).to.deep.equal(before);
      }));

    it('gives the error of contents to whoever stages them', () =>
      withScratch(async (root) => {
        const { target } = await make(root);
        const before = listing(readTree(root));
        await target.prepare(release, signal);
        await refusal(() => target.stage(change, broken(), signal));
        await target.abort();
        expect(listing(readTree(root))).to.deep.equal(before);
      }));

    it('refuses a change before it was prepared, and a commit that was cancelled', () =>
      withScratch(async (root) => {
        const { target } = await make(root);
        const before = listing(readTree(root));
        await refusal(() => target.stage(change, contents(), signal), 'E_STAGE');
        await target.prepare(release, signal);
        await target.stage(change, contents(), signal);
        await refusal(() => target.commit(AbortSignal.abort()), 'E_CANCELLED');
        await target.abort();
        expect(listing(readTree(root))).to.deep.equal(before);
      }));
  });
}
