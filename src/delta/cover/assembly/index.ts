/** Everything that the outside calls; see ../kernels.ts. */
export { useByteTables } from './byte-model';
export { useFlagTables } from './flag-model';
export { blankOperands } from './blank-operands';
export { chainSeeds, forget, indexSeeds } from './seeds';
export { matchApproximate } from './match-approximate';
export { matchExact } from './match-exact';
export { readCovers, writeCovers } from './covers';
export { codeDifferences, differing } from './differences';
export { codeLiterals } from './literals';

/** Where memory is free. */
export function heapBase(): usize {
  return __heap_base;
}
