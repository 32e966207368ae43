/** Services, file associations and the like that differ between two versions of a hive. */
import { type Bytes, readAll } from '../../bytes.ts';
import { parseHive } from '../../layer/hive-entry.ts';
import { applyDelta } from '../../registry/delta/apply-delta.ts';
import type { RegistryDelta } from '../../registry/delta/delta.ts';
import type { HiveRoot } from '../../registry/hive.ts';
import { emptyKey } from '../../registry/key.ts';
import { registryLimits } from '../../registry/limits.ts';
import type { ObjectChange } from '../../registry/objects/object.ts';
import { diffObjects } from '../../registry/objects/objects.ts';

/** `before` is the hive's canonical text; null for a hive that is new. */
export async function hiveObjects(
  root: HiveRoot,
  before: Bytes | null,
  delta: RegistryDelta,
): Promise<readonly ObjectChange[]> {
  const old = before && parseHive(root, await readAll(before, registryLimits.size, root), root);
  const base = old ?? emptyKey();
  return diffObjects(new Map([[root, base]]), new Map([[root, applyDelta(base, delta)]]));
}
