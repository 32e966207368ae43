/** The volatile rules that many applications need, by name. */
import { PatchError } from '../../errors.ts';
import { mruLists } from './mru-lists.ts';
import { plugAndPlay } from './plug-and-play.ts';
import type { RuleSet } from './rule-set.ts';
import { windowsInstaller } from './windows-installer.ts';
import { wine } from './wine.ts';

export const ruleSets: readonly RuleSet[] = [mruLists, plugAndPlay, windowsInstaller, wine];

/** The set of that name: `mru-lists`, `plug-and-play`, `windows-installer` or `wine`. E_USAGE where there is none. */
export function ruleSet(name: string): RuleSet {
  const found = ruleSets.find((one) => one.name === name);
  if (found) return found;
  throw new PatchError('E_USAGE', `there is no rule set ${JSON.stringify(name)}`, {
    help: `there are: ${ruleSets.map((one) => one.name).join(', ')}`,
  });
}
