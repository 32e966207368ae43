/** Refuses a time that a hive cannot hold. */
import { PatchError } from '../../errors.ts';

/** A FILETIME has 64 bits, and would lose the others without a word. E_FORMAT; `of` says whose time it is. */
export function checkTime(time: bigint, of: () => string): void {
  if (time === BigInt.asUintN(64, time)) return;
  throw new PatchError('E_FORMAT', `${of()}: ${time.toString()} is no FILETIME`, { entry: of() });
}
