/** repair: the chain that brings an installed folder back to the state of a source. */
import * as plugins from '../plugins/index.ts';
import type { NormalizeOptions, RestoreOptions } from '../plugins/index.ts';
import type { Layer } from '../src/layer/layer.ts';
import type { LayerSource } from '../src/layer/open-layer.ts';
import { type Place, type PlaceOptions, openPlace } from '../src/store/open-place.ts';
import type { Stage } from '../src/stream/stage.ts';

interface ChainOptions
  extends Omit<RestoreOptions, 'base'>, Pick<NormalizeOptions, 'excludes' | 'volatile' | 'rules'> {
  /** The version that the folder is to have: an application folder, a layer directory or a VSA. */
  readonly from: LayerSource | Layer;
  /** Names of variables whose paths are replaced in registry data, beside those of `variables` and of the layers. */
  readonly variableNames?: readonly string[];
  readonly threads?: number;
}

/** `to` is the folder that is repaired, `variables` are this machine's. */
export interface RepairOptions extends ChainOptions, Omit<PlaceOptions, 'out' | 'allowDowngrade'> {}

/** Any other place, which has to be opened with `onOdd` if what no patch can carry is to be mended, too. */
export interface RepairAtOptions extends ChainOptions {
  readonly place: Place;
}

const forgiving = { backup: 'keep', onOdd: () => undefined } as const;

/**
 * What an interrupted run has left there is finished or undone first. Both sides are read whole, only what differs is written;
 * what it replaces is kept for `undo` unless `backup` says otherwise.
 */
export const repair = (options: RepairOptions | RepairAtOptions): Stage[] => {
  const { from, rules, variables = {}, variableNames = [], threads } = options;
  const { excludes = rules?.excludes ?? [], volatile = [] } = options;
  const place = 'place' in options ? options.place : openPlace({ ...forgiving, ...options });
  return [
    plugins.capture({
      ...{ base: () => place.base(), target: from, excludes, expected: [], variables },
      ...(threads !== undefined && { threads }),
    }),
    plugins.normalize({
      ...{ volatile, expected: [], variables: [...variableNames, ...Object.keys(variables)] },
      ...(rules && { rules }),
    }),
    plugins.diffRegistry(),
    plugins.restore({ ...options, variables, base: () => place.base() }),
    plugins.deploy({ target: () => place.target() }),
  ];
};
