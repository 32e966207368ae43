/** apply-together: the chain that brings several `.vpa` files to a folder as one patch, all or nothing. */
import { apply, applySteps, deploy, unpack, verify } from '../plugins/index.ts';
import type { ApplyStepsOptions } from '../plugins/index.ts';
import { openPlace } from '../src/store/open-place.ts';
import type { Stage } from '../src/stream/stage.ts';
import type { ApplyAtOptions, ApplyOptions } from './apply.ts';

/** To a folder, or to any other place (`place`): one that has been opened already, or a layer of a store. */
export type ApplyTogetherOptions = (ApplyOptions | ApplyAtOptions) &
  Pick<ApplyStepsOptions, 'onPlan'> & {
    /** Changes the chain that each patch goes through: unpack, verify, apply. */
    readonly each?: (chain: readonly Stage[]) => readonly Stage[];
  };

/** The patches may come in any order. The target sees one transaction, with one backup, and nothing of the versions in between. */
export const applyTogether = (options: ApplyTogetherOptions): Stage[] => {
  const { variables, onPlan } = options;
  const place = 'place' in options ? options.place : openPlace(options);
  const each = options.each ?? ((chain: readonly Stage[]) => chain);
  return [
    applySteps({
      base: async () => place.base(),
      steps: (base, isFirst) => {
        // What no patch touches is the same for all of them.
        const untouched = isFirst ? (options.untouched ?? 'ignore') : 'ignore';
        return each([unpack(options), verify(options), apply({ ...options, base, untouched })]);
      },
      ...(variables && { variables }),
      ...(onPlan && { onPlan }),
    }),
    deploy({ target: () => place.target() }),
  ];
};
