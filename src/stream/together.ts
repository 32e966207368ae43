/** Several plans as the one that they come to. */
import type { Bytes } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { type Composed, type Content } from '../patch/compose.ts';
import type { Step } from '../patch/order-steps.ts';
import type { Plan } from './plan.ts';

/** A patch among several that are applied as one. */
export interface OpenedStep extends Step {
  readonly archive: Bytes;
  readonly plan: Plan;
}

/** What is going to be done. */
export interface Together {
  /** The net changes, from the version that is there to that of the last patch. */
  readonly plan: Plan;
  /** All of them, in their order. */
  readonly steps: readonly OpenedStep[];
  /** How many of them, from the first one on, are applied already. */
  readonly applied: number;
  /** In bytes: what is read of the base, and the most that waits in temporary files between one patch and the next. */
  readonly reads: number;
  readonly temporary: number;
}

export function togetherOf(steps: readonly OpenedStep[], applied: number, composed: Composed): Together {
  // Where everything is applied already, it is told what that was.
  const plans = (applied < steps.length ? steps.slice(applied) : steps).map(({ plan }) => plan);
  const [first, last] = [plans[0], plans.at(-1)];
  if (!first || !last) throw new PatchError('E_USAGE', 'there is no patch to apply');
  const temporary = mostKept(composed);
  const plan: Plan = {
    manifest: { ...last.manifest, base: first.manifest.base },
    states: { base: first.states.base, target: last.states.target },
    changes: composed.changes,
    groups: [],
    frames: [],
    touched: { before: first.touched.before, after: last.touched.after },
    trusted: [...new Set(plans.flatMap(({ trusted }) => trusted))].sort(),
    earlier: plans.slice(0, -1).map(({ manifest }) => manifest),
    temporary,
  };
  const expected = [...composed.expected.values()];
  const reads = expected.reduce((sum, { meta }) => sum + (meta && 'size' in meta ? meta.size : 0), 0);
  return { plan, steps, applied, reads, temporary };
}

/** Whether a content waits in a temporary file; the others are only looked at, or go to the target as they are made. */
export function isKept({ keep, final }: Content): boolean {
  return keep === 'bytes' || (keep === 'digest' && final !== null);
}

/**
 * As `createKeeper` keeps them: what comes to the target waits until the end; the rest that a patch makes goes together, behind the last patch that
 * needs any of it.
 */
function mostKept({ contents }: Composed): number {
  const waiting = contents.flatMap((one, made) => {
    const kept = [...one.values()].filter(isKept);
    const [staying, passing] = [
      kept.filter(({ final }) => final !== null),
      kept.filter(({ final }) => final === null),
    ];
    return [
      { made, until: Infinity, size: sum(staying) },
      { made, until: Math.max(made, ...passing.map(({ until }) => until)), size: sum(passing) },
    ];
  });
  const atOnce = contents.map((_, step) =>
    sum(waiting.filter(({ made, until }) => made <= step && step <= until)),
  );
  return Math.max(0, ...atOnce);
}

function sum(list: readonly { readonly size: number }[]): number {
  return list.reduce((all, { size }) => all + size, 0);
}
