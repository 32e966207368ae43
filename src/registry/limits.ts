/** What a registry may weigh before we refuse it. The numbers of names and depth are Windows' own. */
import { PatchError } from '../errors.ts';

export interface RegistryLimits {
  /** Bytes of the text or of the encoded delta. */
  readonly size: number;
  /** Keys below the root of a hive, one in the other. */
  readonly depth: number;
  /** UTF-16 code units. */
  readonly keyName: number;
  /** UTF-16 code units. */
  readonly valueName: number;
  /** UTF-16 code units of a key's class. */
  readonly className: number;
  /** Bytes of a key's security descriptor. */
  readonly security: number;
  /** Bytes of one value's data. */
  readonly valueData: number;
  /** Bytes of all different paths of a delta if written out: two for each UTF-16 code unit, 16 for each name. */
  readonly paths: number;
  /** How many keys one text or delta may name or imply. */
  readonly keys: number;
  /** How many values one text or delta may name. */
  readonly values: number;
}

/** Names and depth: Microsoft, "Registry element size limits"; a hive stores a class with 16 bits of size. The rest is ours. */
export const registryLimits: RegistryLimits = {
  size: 256 * 2 ** 20,
  depth: 512,
  keyName: 255,
  valueName: 16_383,
  className: 32_767,
  security: 2 ** 20,
  valueData: 64 * 2 ** 20,
  paths: 256 * 2 ** 20,
  keys: 1_000_000,
  values: 4_000_000,
};

/** The error of everything that is more than a limit. `what` names the thing, with its place where it has one. */
export function overLimit(what: string, limit: number): PatchError {
  return new PatchError('E_LIMIT', `${what}: the limit is ${limit}`, {
    help: 'raise the limit if you trust the source',
  });
}
