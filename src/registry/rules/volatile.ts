/** Volatile rules: which keys and values belong to one machine and are left out of what is compared. */
import { PatchError } from '../../errors.ts';
import { type NameMatcher, nameMatcher } from './glob.ts';
import { foldName, type HiveRoot, type RegistryKey, type RegistryValue } from '../hive.ts';
import { keyWith } from '../key.ts';
import { resolveRoot, rootsExpected } from '../roots.ts';

export interface VolatileRule {
  /** As written. */
  readonly text: string;
  readonly root: HiveRoot;
  /** One for each name on the way to the key; null is `**`, any number of names. */
  readonly path: readonly (NameMatcher | null)[];
  /** The names of the values that it means, or null where it means the key itself. */
  readonly value: NameMatcher | null;
}

/** A rule has no more UTF-16 code units than this. */
const longest = 4096;

/**
 * Reads a rule: a key with all that is in it (`HKLM\Software\Acme\Cache`), or values of a key
 * (`HKLM\Software\Acme::LastRun`; `::` or `::@` alone is the default value). In names, `*` is any text; a name that is
 * `**` is any number of names, but at the end of a key rule at least one. Case does not matter. E_USAGE for a rule that
 * has no root, an empty name, or that would leave nothing.
 */
export function parseVolatileRule(text: string): VolatileRule {
  if (text.length > longest) throw badRule(text, `it is longer than ${longest} characters`);
  const colons = text.indexOf('::');
  const keyText = colons < 0 ? text : text.slice(0, colons);
  const place = resolveRoot(keyText.split('\\'));
  if (place === null) throw badRule(text, `it does not begin with ${rootsExpected}`);
  if (place.names.includes('')) throw badRule(text, 'it has an empty name');
  const names = [...place.names];
  if (colons < 0) {
    if (names.length === 0) throw badRule(text, 'it would leave nothing of the hive');
    // All that is below a key goes when each key directly below it goes.
    while (names.length > 1 && names.at(-1) === '**' && names.at(-2) === '**') names.pop();
    if (names.at(-1) === '**') names[names.length - 1] = '*';
  }
  const path = names.map((name) => (name === '**' ? null : nameMatcher(foldName(name))));
  return { text, root: place.root, path, value: colons < 0 ? null : valueMatcher(text.slice(colons + 2)) };
}

/** A rule and how many of its names have been met on the way to a key. */
interface State {
  readonly rule: VolatileRule;
  readonly at: number;
}

/**
 * The hive without what the rules mean, and the texts of those rules that meant anything. Keys above stay, even when
 * nothing is left in them.
 */
export function removeVolatile(
  root: HiveRoot,
  key: RegistryKey,
  rules: readonly VolatileRule[],
): { key: RegistryKey; matched: Set<string> } {
  const matched = new Set<string>();
  const states = rules.filter((rule) => rule.root === root).map((rule) => ({ rule, at: 0 }));
  return { key: strip(key, unfold(states), matched), matched };
}

function strip(key: RegistryKey, states: readonly State[], matched: Set<string>): RegistryKey {
  if (states.length === 0) return key;
  // Copies are made where something goes: most of a hive stays as it is.
  let values: Map<string, RegistryValue> | null = null;
  for (const { rule, at } of states) {
    if (rule.value === null || at < rule.path.length) continue;
    for (const folded of key.values.keys()) {
      if (!rule.value(folded)) continue;
      matched.add(rule.text);
      values ??= new Map(key.values);
      values.delete(folded);
    }
  }
  let keys: Map<string, RegistryKey> | null = null;
  for (const [folded, child] of key.keys) {
    const next = step(states, folded);
    const ends = next.filter(({ rule, at }) => rule.value === null && at === rule.path.length);
    for (const { rule } of ends) matched.add(rule.text);
    const left = ends.length > 0 ? null : strip(child, next, matched);
    if (left === child) continue;
    keys ??= new Map(key.keys);
    if (left === null) keys.delete(folded);
    else keys.set(folded, left);
  }
  return values || keys ? keyWith(key, { ...(values && { values }), ...(keys && { keys }) }) : key;
}

/** The states of a key below. A state at `**` stays there, since that may take one name more. */
function step(states: readonly State[], folded: string): State[] {
  const next: State[] = [];
  for (const state of states) {
    const matcher = state.rule.path[state.at];
    if (matcher === null) next.push(state);
    else if (matcher?.(folded) === true) next.push({ rule: state.rule, at: state.at + 1 });
  }
  return unfold(next);
}

/** Adds the states in which a `**` takes no name (more); each state once, so that their number stays bounded. */
function unfold(states: readonly State[]): State[] {
  const all: State[] = [];
  const seen = new Map<VolatileRule, Set<number>>();
  for (const { rule, at: start } of states) {
    const places = seen.get(rule) ?? new Set<number>();
    seen.set(rule, places);
    for (let at = start; !places.has(at); at++) {
      places.add(at);
      all.push({ rule, at });
      if (rule.path[at] !== null) break;
    }
  }
  return all;
}

function valueMatcher(name: string): NameMatcher {
  return nameMatcher(name === '@' ? '' : foldName(name));
}

function badRule(text: string, problem: string): PatchError {
  return new PatchError(
    'E_USAGE',
    `the volatile rule ${JSON.stringify(text.slice(0, 200))} is wrong: ${problem}`,
    {
      help: 'write it like HKLM\\Software\\Acme\\Cache or HKLM\\Software\\Acme::LastRun',
    },
  );
}
