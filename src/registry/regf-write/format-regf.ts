/** Writes a hive as Windows keeps it in a file. */
import type { RegistryKey } from '../hive.ts';
import { baseBlockSize, nowhere } from '../regf/format.ts';
import { baseBlock } from './base-block.ts';
import { createCells } from './cells.ts';
import { createChunks } from './chunks.ts';
import { type RegfFormat, regfFormat, type RegfOptions } from './options.ts';
import { type KeyPlan, planKeys } from './plan.ts';
import { putKey } from './put-key.ts';

interface RegfPlan {
  readonly keys: readonly KeyPlan[];
  readonly format: RegfFormat;
  /** FILETIME of the whole hive: that of its root. */
  readonly time: bigint;
  /** Of all hive bins, in bytes. */
  readonly size: number;
}

/**
 * A whole hive file, from the hive's root key. Equal keys (names as written, kinds, values, attributes, times) give
 * equal bytes, in whatever order they were put together. An empty class name is the same as none.
 *
 * E_FORMAT: delete entries before version 1.6, or what is no security descriptor, type number or FILETIME. E_NAME: a
 * key without a name, or with a backslash in it. E_LIMIT: more than the format or Windows can hold; names the key.
 * E_USAGE: an unknown version.
 */
export function formatRegf(root: RegistryKey, options: RegfOptions = {}): Uint8Array {
  const plan = planRegf(root, options);
  const file = new Uint8Array(baseBlockSize + plan.size);
  file.set(headerOf(plan));
  let at = baseBlockSize;
  const cells = createCells((size) => file.subarray(at, (at += size)), plan.time);
  for (const key of plan.keys) putKey(cells, key, plan.format);
  cells.finish();
  return file;
}

/**
 * The same file, as `formatRegf` gives it, in pieces of about `chunkSize` bytes (more where a bin is
 * larger): the file is never in memory as a whole. All errors come before the first piece.
 */
export function* regfChunks(
  root: RegistryKey,
  options: RegfOptions = {},
  chunkSize = 1 << 20,
): Generator<Uint8Array, void, undefined> {
  const plan = planRegf(root, options);
  yield headerOf(plan);
  const chunks = createChunks(chunkSize);
  const cells = createCells(chunks.memory, plan.time);
  for (const key of plan.keys) {
    putKey(cells, key, plan.format);
    yield* chunks.full();
  }
  cells.finish();
  yield* chunks.rest();
}

/** Looks for all offsets: the first of two passes. */
function planRegf(root: RegistryKey, options: RegfOptions): RegfPlan {
  const format = regfFormat(root.name, options);
  const keys = planKeys(root, format);
  const cells = createCells(null, 0n);
  for (const key of keys) putKey(cells, key, format);
  return { keys, format, time: root.lastWrite ?? format.lastWrite, size: cells.finish() };
}

function headerOf({ keys, format, time, size }: RegfPlan): Uint8Array {
  return baseBlock({ minor: format.minor, lastWrite: time, root: keys[0]?.at ?? nowhere, size });
}
