/** apply: the chain that brings a `.vpa` file to a folder. */
import * as plugins from '../plugins/index.ts';
import type { ApplyOptions as ApplyStageOptions, VerifyOptions } from '../plugins/index.ts';
import { type PlaceOptions, openPlace } from '../src/store/open-place.ts';
import type { Stage } from '../src/stream/stage.ts';

export interface ApplyOptions extends VerifyOptions, Omit<ApplyStageOptions, 'base'>, PlaceOptions {}

/** What an interrupted run has left there is finished or undone first. */
export const apply = (options: ApplyOptions): Stage[] => {
  const place = openPlace(options);
  return [
    plugins.unpack(options),
    plugins.verify(options),
    plugins.apply({ ...options, base: () => place.base() }),
    plugins.deploy({ target: () => place.target() }),
  ];
};
