/** Holds all of a folder against a state that a patch names: what it does not touch, too. */
import type { Digest } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import type { Layer, ReadOptions } from '../layer/layer.ts';
import type { Rules } from '../layer/rules.ts';
import { entryName } from '../layer/name.ts';
import type { Change } from '../patch/change.ts';
import { type StateOf, stateOf } from './state-of.ts';
import { writtenIn } from './written.ts';

/** What a manifest and its index say of a state. */
export interface Whole {
  readonly digest: Digest;
  readonly entries: number;
  readonly size: number;
}

export interface WholeOptions extends Pick<ReadOptions, 'signal' | 'onEntry'> {
  readonly rules: Rules;
  readonly variables?: Readonly<Record<string, string>>;
  /** The changes of the patch: what they touch was compared already. */
  readonly changes: readonly Change[];
}

/**
 * Reads everything. E_BASE_MISMATCH where that is not the state; a patch does not list what it does not touch, so that the
 * error names only what was written after the last patch, and how many entries there are and should be.
 */
export async function checkWhole(layer: Layer, expected: Whole, options: WholeOptions): Promise<void> {
  const { rules, variables = {}, changes, ...reading } = options;
  const written = writtenIn(layer);
  const touched = new Set<string>(changes.map(({ name }) => name));
  const newer: string[] = [];
  const onEntry: NonNullable<ReadOptions['onEntry']> = (name, size) => {
    reading.onEntry?.(name, size);
    if (!touched.has(name) && written(entryName(name))?.sinceApply === true) newer.push(name);
  };
  const found = await stateOf(layer, rules, variables, { ...reading, onEntry });
  if (found.digest !== expected.digest) throw wholeError(layer.location, [expected], found, newer);
}

/** What `expected` names is not what is there, although nothing is wrong with what the patch touches. */
export function wholeError(
  place: string,
  expected: readonly Whole[],
  found: StateOf,
  newer: readonly string[] = [],
): PatchError {
  const line = (what: string, { digest, entries, size }: Whole): string =>
    `${what}  ${digest}, ${entries} entries, ${size} bytes`;
  return new PatchError(
    'E_BASE_MISMATCH',
    `${place}: entries that the patch does not touch differ from what they should be, or are extra`,
    {
      entry: place,
      help: 'restore the version that the patch is for (vpa repair FOLDER --from VERSION), or do not look at what it does not touch (--untouched ignore)',
      details: [
        ...expected.map((one) => line('expected', one)),
        line('here    ', found),
        ...newer.slice(0, 20).map((name) => `${name}: was written after the last patch`),
        ...(newer.length > 20 ? [`… and ${newer.length - 20} more`] : []),
      ],
      data: { whole: { expected, found, writtenSinceApply: newer } },
    },
  );
}
