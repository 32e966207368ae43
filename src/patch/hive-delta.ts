/** The registry codec of a change: from the hive before, through a delta, to the hive after (FORMAT §6.3). */
import type { Bytes } from '../bytes.ts';
import { type HiveRoot, type RegistryKey } from '../registry/hive.ts';
import { applyDelta } from '../registry/delta/apply-delta.ts';
import { decodeDelta } from '../registry/delta/decode-delta.ts';
import { encodeDelta } from '../registry/delta/encode-delta.ts';
import { diffHives } from '../registry/delta/diff.ts';
import { emptyKey } from '../registry/key.ts';
import { fromVariables } from '../registry/rules/variables.ts';
import { parseHive } from '../layer/hive-entry.ts';

/** The id in a change's `encoding`. */
export const registryEncoding = 'registry/1';

/** The delta between two canonical texts; null stands for an empty hive. */
export async function encodeHiveDelta(
  root: HiveRoot,
  before: Bytes | null,
  after: Bytes | null,
): Promise<Uint8Array> {
  return encodeDelta(diffHives(await hiveOf(root, before), await hiveOf(root, after)));
}

/** The hive after, from the hive before and a delta. E_FORMAT, E_LIMIT; E_BASE_MISMATCH where they do not fit. */
export function decodeHiveDelta(before: RegistryKey, delta: Uint8Array): RegistryKey {
  return applyDelta(before, decodeDelta(delta));
}

/**
 * Carries a change of the normalized hive over to the hive as it is on this machine: what the rules hide stays, and
 * variables become this machine's paths.
 */
export function transplant(
  actual: RegistryKey,
  before: RegistryKey,
  after: RegistryKey,
  paths: Readonly<Record<string, string>> | null,
): RegistryKey {
  const here = (key: RegistryKey): RegistryKey => (paths === null ? key : fromVariables(key, paths));
  return applyDelta(actual, diffHives(here(before), here(after)));
}

async function hiveOf(root: HiveRoot, text: Bytes | null): Promise<RegistryKey> {
  return text ? parseHive(root, await text.read(0, text.size), root) : emptyKey();
}
