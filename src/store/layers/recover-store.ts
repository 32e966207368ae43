/** Brings to its end what a killed run has left in a store. */
import { fromSystem } from '../../errors.ts';
import { recoverDirectory } from '../recover-directory.ts';
import { statsAt } from '../stats.ts';
import type { Outcome } from '../transaction/transaction.ts';
import { workOf } from './layout.ts';

/** Null where there was nothing. Errors as of `recoverDirectory`, which does the same. */
export async function recoverStore(
  store: string,
  options: { readonly durable?: boolean } = {},
): Promise<Outcome | null> {
  try {
    return statsAt(workOf(store)) === null ? null : await recoverDirectory(store, options);
  } catch (error) {
    throw fromSystem(error, 'write', store);
  }
}
