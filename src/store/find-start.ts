/** Finds the place in a line of patches where a target is: which of them are applied already, and whether the rest fits. */
import { PatchError, throwIfCancelled } from '../errors.ts';
import { sameContent } from '../layer/inventory.ts';
import type { Entry, Meta } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import { type Composed, type Part, compose } from '../patch/compose.ts';
import { type Expectation, checkBase } from './base-check.ts';
import { type Difference, differenceOf, driftError } from './drift.ts';

/** An entry as the rules of the patch with that number (from 0) show it. */
export type LookUp = (name: EntryName, step: number, signal: AbortSignal) => Promise<Entry | null>;

export interface Start {
  /** How many of the patches, from the first one on, are applied already. */
  readonly applied: number;
  /** What the others come to. */
  readonly composed: Composed;
}

/**
 * Looks only at what the patches touch, at each entry once. Of the first patch to be applied, and of the last that is applied already, everything
 * is compared that `checkBase` compares; of what the others need, as much as their records tell: their turn comes. E_BASE_MISMATCH where the
 * target is at no version of theirs, with what differs from the nearest.
 */
export async function findStart(
  parts: readonly (Part & Expectation)[],
  versions: readonly string[],
  lookUp: LookUp,
  signal: AbortSignal,
): Promise<Start> {
  const stateBy = async (number: number): Promise<'base' | 'target' | null> => {
    const part = parts[number];
    if (!part) return null;
    return (await checkBase(part, async (name) => lookUp(name, number, signal), signal)).state;
  };
  let applied = await findPosition(parts, versions, lookUp, signal);
  if ((await stateBy(applied - 1)) === 'base') applied--;
  // Of a patch that changes modes only, the records alone do not tell.
  while ((await stateBy(applied)) === 'target') applied++;
  return { applied, composed: compose(parts.slice(applied)) };
}

/** Content is compared as far as the records tell. */
async function findPosition(
  parts: readonly Part[],
  versions: readonly string[],
  lookUp: LookUp,
  signal: AbortSignal,
): Promise<number> {
  let nearest: { readonly applied: number; readonly differences: readonly Difference[] } | null = null;
  for (const applied of inOrder(parts.length)) {
    throwIfCancelled(signal);
    const differences = await differencesAt(parts, applied, lookUp, signal);
    if (differences.length === 0) return applied;
    if (nearest === null || differences.length < nearest.differences.length)
      nearest = { applied, differences };
  }
  const drift = driftError(nearest?.differences ?? []);
  throw new PatchError(
    'E_BASE_MISMATCH',
    `this is at none of the versions ${versions.join(', ')}; nearest is ${versions[nearest?.applied ?? 0] ?? ''}: ${drift.message}`,
    {
      ...(drift.entry !== undefined && { entry: drift.entry }),
      ...(drift.help !== undefined && { help: drift.help }),
      details: drift.details,
      data: drift.data,
    },
  );
}

/** First nothing is applied, or everything; something in between is rare. */
function inOrder(count: number): number[] {
  return [0, count, ...Array.from({ length: Math.max(0, count - 1) }, (_, at) => at + 1)];
}

async function differencesAt(
  parts: readonly Part[],
  applied: number,
  lookUp: LookUp,
  signal: AbortSignal,
): Promise<Difference[]> {
  const { expected } = compose(parts.slice(applied));
  const differences: Difference[] = [];
  const compare = (name: EntryName, meta: Meta | null, now: Meta | null, modes = false): void => {
    const difference = differenceOf(name, meta, now, { modes });
    if (difference) differences.push(difference);
  };
  for (const [name, { meta, folder, step }] of expected) {
    const now = (await lookUp(name, applied + step, signal))?.meta ?? null;
    if (folder && now?.type === 'directory') continue;
    compare(name, meta, now);
  }
  if (applied === 0) return differences;
  for (const [name, { meta, step }] of compose(parts.slice(0, applied)).left) {
    const now = (await lookUp(name, step, signal))?.meta ?? null;
    // A folder that was to go stays where a user has files in it.
    if (meta === null && now?.type === 'directory') continue;
    // Where only the mode tells what was applied, it has to.
    if (!expected.has(name) || (meta && now && sameContent(meta, now))) compare(name, meta, now, true);
  }
  return differences;
}
