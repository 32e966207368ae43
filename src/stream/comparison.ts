/** What a create chain compares: both states as capture found them and as normalize left them. */
import type { Entry, Identity } from '../layer/layer.ts';
import type { Rules } from '../layer/rules.ts';

export interface Side {
  readonly identity: Identity;
  /** Variable name → path, as it stands in this side's registry data. */
  readonly variables: Readonly<Record<string, string>>;
  /** Every entry, in byte order of names. */
  readonly entries: readonly Entry[];
}

export interface Comparison {
  readonly base: Side;
  readonly target: Side;
  readonly rules: Rules;
}
