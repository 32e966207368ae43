/** Which layers of a store a patch fits: by what they are, whatever they are called. */
import type { Digest } from '../../bytes.ts';
import { sameContent, sameMeta } from '../../layer/inventory.ts';
import type { Meta } from '../../layer/layer.ts';
import type { Change } from '../../patch/change.ts';
import type { Manifest } from '../../patch/manifest.ts';
import { digestThrough, seenThrough } from './state-through.ts';
import type { StoredLayer } from './stored-layer.ts';

export interface Fitting {
  /** Layers in a state that one of the patches is made for. */
  readonly base: readonly StoredLayer[];
  /** Layers in the state that the last one makes. */
  readonly target: readonly StoredLayer[];
}

/**
 * Compares state digests through the rules of each patch. Several patches follow each other (`linesOf`). `variables` are this machine's. Reads
 * inventories, and the registry where rules change it.
 */
export async function findFitting(
  layers: readonly StoredLayer[],
  steps: readonly Pick<Manifest, 'base' | 'target' | 'rules'>[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Fitting> {
  const found = { base: [] as StoredLayer[], target: [] as StoredLayer[] };
  for (const layer of layers) {
    const digests: Digest[] = [];
    for (const { rules } of steps) digests.push(await digestThrough(layer.current, rules, variables));
    if (steps.some(({ base }, at) => digests[at] === base.digest)) found.base.push(layer);
    else if (digests.at(-1) === steps.at(-1)?.target.digest) found.target.push(layer);
  }
  return found;
}

export interface Nearest {
  readonly layer: StoredLayer;
  /** How many of the entries that the patch lists are not as it expects them. */
  readonly differing: number;
}

/** The layer that the patch was most likely meant for: one with its id comes first, then one with its name, then the most like one. Null for none. */
export async function findNearest(
  layers: readonly StoredLayer[],
  { application, rules }: Pick<Manifest, 'application' | 'rules'>,
  changes: readonly Change[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Nearest | null> {
  const rank = ({ identity: { id, name } }: StoredLayer): number =>
    id === application.id ? 0 : name === application.name ? 1 : 2;
  const best = Math.min(...layers.map(rank));
  let nearest: Nearest | null = null;
  for (const layer of layers.filter((one) => rank(one) === best)) {
    const seen = await seenThrough(layer.current, rules, variables);
    const differing = changes.filter((change) => differs(change, (name) => seen.get(name) ?? null)).length;
    if (nearest === null || differing < nearest.differing) nearest = { layer, differing };
  }
  return nearest;
}

function differs(change: Change, entry: (name: Change['name']) => Meta | null): boolean {
  const now = entry(change.kind === 'move' ? change.from : change.name);
  if (change.before === null) return now !== null && !sameMeta(change.after, now);
  return now === null || !sameContent(change.before, now);
}
