/** Sees every content that a plan makes, and says whether together they are what it promises (FORMAT §9). */
import { type Digest, sameDigest } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { stateDigest } from '../layer/inventory.ts';
import type { EntryName } from '../layer/name.ts';
import { entriesAfter, withDigests } from '../patch/touched.ts';
import type { Plan } from './plan.ts';

export interface Witness {
  /** The whole digest of a content that was made. */
  saw(name: EntryName, digest: Digest): void;
  /** What was seen of a content so far. */
  digest(name: EntryName): Digest | undefined;
  /** E_DIGEST unless all that the plan makes was seen, and is what was promised. To be asked before anything is committed. */
  confirm(): void;
}

const witnesses = new WeakMap<Plan, Witness>();

/** Lets the witness of a plan that several others come to ask theirs; `digest` tells of its own names. */
export function witnessTogether(plan: Plan, parts: () => readonly Plan[], digest: Witness['digest']): void {
  witnesses.set(plan, {
    saw: () => undefined,
    digest,
    confirm() {
      for (const part of parts()) witnessOf(part).confirm();
    },
  });
}

/** The one witness of a plan. */
export function witnessOf(plan: Plan): Witness {
  const known = witnesses.get(plan);
  if (known) return known;
  const seen = new Map<EntryName, Digest>();
  const witness: Witness = {
    saw: (name, digest) => void seen.set(name, digest),
    digest: (name) => seen.get(name),
    confirm() {
      const made = stateDigest(withDigests(entriesAfter(plan.changes), (name) => seen.get(name)));
      if (sameDigest(made, plan.touched.after)) return;
      throw new PatchError('E_DIGEST', 'what the patch made is not what it promises', {
        help: 'the patch is damaged; get it again',
      });
    },
  };
  witnesses.set(plan, witness);
  return witness;
}
