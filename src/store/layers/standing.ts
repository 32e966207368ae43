/** At which of the versions that patches know the layers of a store are: by what they are, whatever they are called. */
import type { Digest } from '../../bytes.ts';
import type { State } from '../../patch/manifest.ts';
import type { Step } from '../../patch/order-steps.ts';
import { digestThrough } from './state-through.ts';
import type { StoredLayer } from './stored-layer.ts';

export interface Standing {
  readonly layer: StoredLayer;
  readonly state: State;
  /** The id of the application whose patches know the state. */
  readonly id: string;
}

/**
 * The layers that are at a version which the patches start from or lead to, in their order. Of several names for it the one that the layer has goes first.
 * `variables` are this machine's. Reads inventories, and the registry where rules change it.
 */
export async function findStanding(
  layers: readonly StoredLayer[],
  patches: readonly Step[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Standing[]> {
  const found: Standing[] = [];
  for (const layer of layers) {
    const { identity, current } = layer;
    // Patches of one application have the same rules, mostly.
    const digests = new Map<string, Digest>();
    const fitting: Standing[] = [];
    for (const { manifest } of patches) {
      const { rules, application, base, target } = manifest;
      const key = JSON.stringify(rules);
      const digest = digests.get(key) ?? (await digestThrough(current, rules, variables));
      digests.set(key, digest);
      for (const state of [base, target])
        if (state.digest === digest) fitting.push({ layer, state, id: application.id });
    }
    const likeness = ({ id, state }: Standing): number =>
      2 * Number(id === identity.id) + Number(state.version === identity.version);
    const [first] = fitting.sort((a, b) => likeness(b) - likeness(a));
    if (first) found.push(first);
  }
  return found;
}
