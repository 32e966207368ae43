/** How large patches of real releases may be. See patch-sizes.test.ts. */

export interface PatchSize {
  /** Names of two releases under `node_modules`. */
  readonly base: string;
  readonly target: string;
  /** Level → bytes of the whole `.vpa`. */
  readonly ceilings: Readonly<Record<string, number>>;
}

export const patchSizes: readonly PatchSize[] = [
  { base: '7zip-5.1.1', target: '7zip-5.2.0', ceilings: { default: 770_129 } },
  { base: 'date-fns-2.29.3', target: 'date-fns-2.30.0', ceilings: { default: 36_225 } },
];
