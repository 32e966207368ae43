/** The state of a whole layer through the rules of a patch: what a manifest says of its base and its target. */
import type { Digest } from '../bytes.ts';
import { createExclude } from '../layer/excludes.ts';
import { contentSize, stateDigest } from '../layer/inventory.ts';
import type { Entry, Layer, ReadOptions } from '../layer/layer.ts';
import { type Rules, normalizer } from '../layer/rules.ts';
import { pickVariables } from '../layer/variables.ts';

export interface StateOf {
  readonly digest: Digest;
  readonly entries: number;
  readonly size: number;
}

/** Reads every entry, unlike `checkBase`. `variables` are this machine's, beside those of the layer. */
export async function stateOf(
  layer: Layer,
  rules: Rules,
  variables: Readonly<Record<string, string>> = {},
  options: Omit<ReadOptions, 'exclude'> = {},
): Promise<StateOf> {
  const see = normalizer(rules, pickVariables(rules.variables, { ...layer.variables, ...variables }));
  const entries: Entry[] = [];
  for await (const entry of layer.readOnly.entries({ ...options, exclude: createExclude(rules.excludes) })) {
    const seen = await see(entry);
    if (seen) entries.push(seen);
  }
  return { digest: stateDigest(entries), entries: entries.length, size: contentSize(entries) };
}
