/** The rules under which two states are compared: they travel in the manifest, and `apply` sees the base through them. */
import type { RegistryKey } from '../registry/hive.ts';
import { toVariables } from '../registry/rules/variables.ts';
import { parseVolatileRule, removeVolatile } from '../registry/rules/volatile.ts';
import { hiveEntry, readHive } from './hive-entry.ts';
import { hiveRootOf } from './hive-names.ts';
import type { Entry } from './layer.ts';

export interface Rules {
  /** Exclude entries: globs (see `createExclude`). */
  readonly excludes: readonly string[];
  /** Registry content that differs from machine to machine (see `parseVolatileRule`). */
  readonly volatile: readonly string[];
  /** Names of the variables that stand for machine paths in registry data. */
  readonly variables: readonly string[];
}

export const noRules: Rules = { excludes: [], volatile: [], variables: [] };

/**
 * Shows entries as the rules want them: hives without volatile content and with variables for the paths given;
 * everything else as it is. Null for a hive that is empty then. Rules that match are added to `matched`.
 */
export function normalizer(
  rules: Rules,
  paths: Readonly<Record<string, string>>,
  matched: Set<string> = new Set(),
): (entry: Entry) => Promise<Entry | null> {
  const volatile = rules.volatile.map(parseVolatileRule);
  return async (entry) => {
    const root = hiveRootOf(entry.name);
    if (root === null || (volatile.length === 0 && rules.variables.length === 0)) return entry;
    const stable = removeVolatile(root, await readHive(root, entry), volatile);
    for (const rule of stable.matched) matched.add(rule);
    return hiveEntry(root, withVariables(stable.key, rules, paths));
  };
}

/** Without any variable nothing is replaced, and nothing needs escaping either. */
function withVariables(key: RegistryKey, rules: Rules, paths: Readonly<Record<string, string>>): RegistryKey {
  return rules.variables.length === 0 ? key : toVariables(key, paths);
}
