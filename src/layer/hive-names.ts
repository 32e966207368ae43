/** Which entry name belongs to which hive (FORMAT §3.1). */
import { type HiveRoot, hiveRoots } from '../registry/hive.ts';
import { type EntryName, entryName, registryArea } from './name.ts';

export function hiveName(root: HiveRoot): EntryName {
  return entryName(`${registryArea}/${root}`);
}

/** The root of the hive with that entry name, or null where it names no hive. */
export function hiveRootOf(name: string): HiveRoot | null {
  return hiveRoots.find((root) => name === `${registryArea}/${root}`) ?? null;
}
