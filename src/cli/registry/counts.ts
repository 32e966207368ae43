/** How much there is in a registry. */
import type { Registry } from '../../registry/hive.ts';
import { countKeys } from '../../registry/key.ts';
import { counted } from '../units.ts';
import { type LocatedKey, locateKeys } from './key-argument.ts';

export interface Counts {
  readonly keys: number;
  readonly values: number;
}

/** Of all hives; their roots are not counted. */
export function countRegistry(registry: Registry): Counts {
  return countAll(locateKeys({ registry, place: null }, undefined));
}

/** Of these keys, themselves included unless they are roots, and all below. */
export function countAll(found: readonly LocatedKey[]): Counts {
  const counts = found.map(({ names, key }) => ({ ...countKeys(key), own: names.length > 0 ? 1 : 0 }));
  return {
    keys: counts.reduce((sum, { keys, own }) => sum + keys + own, 0),
    values: counts.reduce((sum, { values }) => sum + values, 0),
  };
}

/** `12 keys, 40 values`. */
export function describe({ keys, values }: Counts): string {
  return `${counted(keys, 'key')}, ${counted(values, 'value')}`;
}
