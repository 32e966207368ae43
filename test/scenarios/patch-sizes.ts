/** How large patches of real releases may be. See patch-sizes.test.ts. */
import type { LevelName } from '../../src/delta/cover/levels.ts';

export interface PatchSize {
  /** Names of two releases under `node_modules`. */
  readonly base: string;
  readonly target: string;
  /** Level → bytes of the whole `.vpa`. */
  readonly ceilings: Readonly<Record<LevelName, number>>;
}

export const patchSizes: readonly PatchSize[] = [
  { base: '7zip-5.1.1', target: '7zip-5.2.0', ceilings: { fast: 984_595, default: 715_618, max: 698_478 } },
  {
    base: 'date-fns-2.29.3',
    target: 'date-fns-2.30.0',
    ceilings: { fast: 54_889, default: 31_836, max: 29_799 },
  },
];
