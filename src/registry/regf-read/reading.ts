/** What all who read records of one hive share. */
import type { RegistryLimits } from '../limits.ts';
import type { KeyAttributes } from '../hive.ts';
import type { CellSource } from './cells.ts';
import { createNames, type NameReader } from './names.ts';
import type { Problems } from './problem.ts';

export interface Reading {
  readonly cells: CellSource;
  readonly names: NameReader;
  readonly limits: RegistryLimits;
  readonly problems: Problems;
  /** Minor version of the format: big data exists from 4 on. */
  readonly minor: number;
  /** Whether key nodes have layer semantics. */
  readonly layered: boolean;
  /** Attributes by the offset of their security cell, which many keys share. */
  readonly security: Map<number, KeyAttributes>;
}

export function createReading(
  cells: CellSource,
  hive: Pick<Reading, 'limits' | 'problems' | 'minor' | 'layered'>,
): Reading {
  return { ...hive, cells, names: createNames(), security: new Map() };
}
