/** Exclude entries: glob rules for what is never captured and never patched. */
import picomatch from 'picomatch';
import { PatchError } from '../errors.ts';

export interface Exclude {
  /** Whether the entry of that name, or a folder that it is in, is excluded. */
  (name: string): boolean;
  /** The rules, sorted, each once. */
  readonly rules: readonly string[];
  /** Rules that have matched nothing so far: most often a typing error. */
  unmatched(): string[];
}

/**
 * Why a text is no exclude rule, or null if it is one. Rules come with patches too, and a glob becomes a regular
 * expression, which some globs make so slow that it never ends: so wildcards are few, and groups are none (FORMAT §4).
 */
export function excludeProblem(rule: string): string | null {
  if (rule.trim() === '') return 'it is empty';
  if (rule.length > limits.length) return `it is longer than ${limits.length} characters`;
  const glob = rule.replace(/\\./g, 'x');
  if (glob.includes('(')) return 'it has a group; write \\( for a bracket';
  const counts = glob.split('/').map((part) => part.match(/\*+|[?{]/g)?.length ?? 0);
  const most = Math.max(...counts);
  if (most > limits.component) return `it has more than ${limits.component} wildcards between two slashes`;
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all > limits.rule ? `it has more than ${limits.rule} wildcards` : null;
}
const limits = { length: 256, component: 3, rule: 8 };

/**
 * Makes a matcher of glob rules. A rule is held against the whole name (`AppRoot/logs/**`) and, unless it starts with
 * a slash, against the name without its variable (`logs/**`); a rule without any slash is held against every
 * component (`*.log`). Case matters. E_USAGE for what is no rule (`excludeProblem`).
 */
export function createExclude(globs: readonly string[]): Exclude {
  const rules = [...new Set(globs)].sort();
  const matched = new Set<string>();
  const matchers = rules.map((rule) => {
    const problem = excludeProblem(rule);
    if (problem !== null)
      throw new PatchError('E_USAGE', `the exclude rule ${JSON.stringify(rule)} is wrong: ${problem}`);
    const glob = rule.startsWith('/') ? rule.slice(1) : rule;
    const test = picomatch(glob.endsWith('/') ? `${glob}**` : glob, { dot: true, nonegate: true });
    const everywhere = !rule.includes('/');
    const rooted = rule.startsWith('/');
    return (name: string): boolean => {
      const inside = name.slice(name.indexOf('/') + 1);
      const hit = everywhere
        ? name.split('/').some((part) => test(part))
        : test(name) || (!rooted && test(inside));
      if (hit) matched.add(rule);
      return hit;
    };
  });
  const exclude = (name: string): boolean => {
    let hit = false;
    // Every rule is asked, so that each one that matches is known to be of use.
    for (const matches of matchers) hit = matches(name) || hit;
    return hit;
  };
  return Object.assign(exclude, { rules, unmatched: () => rules.filter((rule) => !matched.has(rule)) });
}
