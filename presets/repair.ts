/** repair: the chain that brings an installed folder back to the state of a source. */
import * as plugins from '../plugins/index.ts';
import type { NormalizeOptions, RestoreOptions } from '../plugins/index.ts';
import type { Layer } from '../src/layer/layer.ts';
import type { LayerSource } from '../src/layer/open-layer.ts';
import { type PlaceOptions, openPlace } from '../src/store/open-place.ts';
import type { Stage } from '../src/stream/stage.ts';

/** `to` is the folder that is repaired, `variables` are this machine's. */
export interface RepairOptions
  extends
    Omit<RestoreOptions, 'base'>,
    Omit<PlaceOptions, 'out' | 'allowDowngrade'>,
    Pick<NormalizeOptions, 'excludes' | 'volatile' | 'rules'> {
  /** The version that the folder is to have: an application folder, a layer directory or a VSA. */
  readonly from: LayerSource | Layer;
  /** Names of variables whose paths are replaced in registry data, beside those of `variables` and of the layers. */
  readonly variableNames?: readonly string[];
  readonly threads?: number;
}

/**
 * What an interrupted run has left there is finished or undone first. Both sides are read whole, only what differs is written;
 * what it replaces is kept for `undo` unless `backup` says otherwise.
 */
export const repair = ({
  backup = 'keep',
  variableNames = [],
  variables = {},
  ...options
}: RepairOptions): Stage[] => {
  const {
    from,
    rules,
    excludes = rules?.excludes ?? [],
    volatile = [],
    threads,
    onOdd = () => undefined,
  } = options;
  const place = openPlace({ ...options, backup, onOdd });
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
