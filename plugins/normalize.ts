/** normalize: takes out what differs from machine to machine, and drops what has become equal by it. */
import type Vinyl from 'vinyl';
import { createExclude } from '../src/layer/excludes.ts';
import type { Entry } from '../src/layer/layer.ts';
import { compareNames } from '../src/layer/name.ts';
import { type Rules, normalizer } from '../src/layer/rules.ts';
import { pickVariables } from '../src/layer/variables.ts';
import type { Side } from '../src/stream/comparison.ts';
import { changeOf } from '../src/patch/change-of.ts';
import { changeFile, comparisonFile, isChange, isComparison } from '../src/stream/file.ts';
import { type Stage, stage } from '../src/stream/stage.ts';

export interface NormalizeOptions {
  /** Exclude entries, beside those that `capture` has passed over already. */
  readonly excludes?: readonly string[];
  /** Registry content that is never patched: `HKLM\Software\Acme\Cache`, `HKCU\Software\Acme::LastRun`. */
  readonly volatile?: readonly string[];
  /** Those volatile rules of which a person should hear when they match nothing; all if left out. */
  readonly expected?: readonly string[];
  /** Names of variables whose paths are replaced in registry data, beside those that the layers define. */
  readonly variables?: readonly string[];
  /** Exactly these rules, of a patch: the other options and the layers' own variables add nothing then. */
  readonly rules?: Rules;
}

/** The rules go into the comparison, and from there into the manifest: `apply` sees the base through them. */
export const normalize = (options: NormalizeOptions = {}): Stage => {
  const { excludes = [], volatile = [], expected = volatile, variables = [] } = options;
  const exclude = createExclude(excludes);
  return stage('normalize', async function* (files, { notice }) {
    let hives = new Map<string, { base?: Entry; target?: Entry }>();
    let pending: string[] = [];
    for await (const file of files) {
      if (isComparison(file)) {
        const { base, target } = file.comparison;
        const rules: Rules = options.rules ?? {
          excludes: sorted([...file.comparison.rules.excludes, ...exclude.rules]),
          volatile: sorted(volatile),
          variables: sorted([...variables, ...Object.keys(base.variables), ...Object.keys(target.variables)]),
        };
        const matched = new Set<string>();
        const through = async (side: Side): Promise<Side> => {
          const view = normalizer(rules, pickVariables(rules.variables, side.variables), matched);
          const entries: Entry[] = [];
          for (const entry of side.entries) {
            const seen = exclude(entry.name) ? null : await view(entry);
            if (seen) entries.push(seen);
          }
          return { ...side, entries };
        };
        const comparison = { base: await through(base), target: await through(target), rules };
        for (const rule of rules.volatile.filter((one) => expected.includes(one) && !matched.has(one))) {
          notice({
            code: 'volatile-unmatched',
            message: `the volatile rule ${JSON.stringify(rule)} matched nothing`,
          });
        }
        hives = hivesOf(comparison);
        pending = [...hives.keys()].sort(compareNames);
        yield comparisonFile(comparison);
      } else if (isChange(file)) {
        const { after, before, name } = file.change;
        // Hives are compared again, also those that were the same: under other variables they may mean something else.
        for (; pending[0] !== undefined && compareNames(pending[0], name) <= 0; pending.shift()) {
          yield* again(hives.get(pending[0]));
        }
        if (!exclude(name) && before?.type !== 'hive' && after?.type !== 'hive') yield file;
      } else {
        yield file;
      }
    }
    for (const name of pending) yield* again(hives.get(name));
  });
};

function sorted(rules: readonly string[]): string[] {
  return [...new Set(rules)].sort();
}

function hivesOf(comparison: { base: Side; target: Side }): Map<string, { base?: Entry; target?: Entry }> {
  const hives = new Map<string, { base?: Entry; target?: Entry }>();
  for (const side of ['base', 'target'] as const) {
    for (const entry of comparison[side].entries) {
      if (entry.meta.type === 'hive') hives.set(entry.name, { ...hives.get(entry.name), [side]: entry });
    }
  }
  return hives;
}

/** The change between two normalized hives; none where they became equal. */
async function* again({ base, target }: { base?: Entry; target?: Entry } = {}): AsyncGenerator<Vinyl> {
  const change = changeOf(base, target);
  if (change) yield changeFile(change, target?.bytes ?? null, base?.bytes ?? null);
}
