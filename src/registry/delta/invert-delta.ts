/** The way back from a delta's target to its base. */
import { applyDelta } from './apply-delta.ts';
import type { RegistryDelta } from './delta.ts';
import { diffHives } from './diff.ts';
import type { RegistryKey } from '../hive.ts';

/**
 * The delta that undoes another on the hive that it was applied to: law
 * `applyDelta(applyDelta(before, delta), invertDelta(before, delta)) = before`. A delta does not hold what it removes, so
 * this needs the base. The cost follows the delta: what it leaves alone is the same object on both sides, and is not looked
 * at. E_BASE_MISMATCH where the delta does not apply to `before`.
 */
export function invertDelta(before: RegistryKey, delta: RegistryDelta): RegistryDelta {
  return diffHives(applyDelta(before, delta), before);
}
