/** apply: the chain that brings a `.vpa` file to a folder. */
import * as plugins from '../plugins/index.ts';
import type { ApplyOptions as ApplyStageOptions, VerifyOptions } from '../plugins/index.ts';
import { type Place, type PlaceOptions, openPlace } from '../src/store/open-place.ts';
import type { Stage } from '../src/stream/stage.ts';

interface ChainOptions extends VerifyOptions, Omit<ApplyStageOptions, 'base'> {}

/** To a folder. */
export interface ApplyOptions extends ChainOptions, PlaceOptions {}

/** To any other place: `openStorePlace` gives that of a layer in a store. */
export interface ApplyAtOptions extends ChainOptions {
  readonly place: Place;
}

/** What an interrupted run has left there is finished or undone first. */
export const apply = (options: ApplyOptions | ApplyAtOptions): Stage[] => {
  const place = 'place' in options ? options.place : openPlace(options);
  return [
    plugins.unpack(options),
    plugins.verify(options),
    plugins.apply({ ...options, base: () => place.base() }),
    plugins.deploy({ target: () => place.target() }),
  ];
};
