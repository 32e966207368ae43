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
  { base: '7zip-5.1.1', target: '7zip-5.2.0', ceilings: { fast: 984_831, default: 753_823, max: 751_786 } },
  {
    base: 'date-fns-2.29.3',
    target: 'date-fns-2.30.0',
    ceilings: { fast: 55_181, default: 32_148, max: 30_061 },
  },
];
