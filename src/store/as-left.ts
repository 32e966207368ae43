/** Holds a target against what a transaction has left there, before that is undone. */
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, sameDigest } from '../bytes.ts';
import { PatchError } from '../errors.ts';
import { digestLength, readHere } from '../layer/read-files.ts';
import { statsAt } from './stats.ts';
import type { Put, Take, Transaction } from './transaction/record.ts';

/** How many differences an error lists. */
const listed = 20;

/** E_BASE_MISMATCH with what was changed, removed or added since where undoing would lose it or cannot go on. Modes do not count. */
export async function assertAsLeft(
  { puts, takes }: Transaction,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const differences: string[] = [];
  const filled = new Map(puts.map((put) => [put.path, put]));
  const taken = new Set(takes.map(({ path }) => path));
  for (const put of puts) {
    const difference = await putDifference(put, signal);
    if (difference !== null) differences.push(`${put.path}: ${difference}`);
    else if (put.from === null && taken.has(put.path)) differences.push(...foreignIn(put.path, filled));
  }
  for (const take of takes)
    if (!filled.has(take.path) && isBack(take)) differences.push(`${take.path}: is there again`);
  const [first] = differences;
  if (first === undefined) return;
  const more = differences.length > listed ? [`… and ${differences.length - listed} more`] : [];
  throw new PatchError('E_BASE_MISMATCH', `this is not what the patch has left there: ${first}`, {
    entry: directory,
    help: 'move what was changed since to another place, and run it again',
    details: [...differences.slice(0, listed), ...more],
  });
}

async function putDifference({ path, digest, from, link }: Put, signal: AbortSignal): Promise<string | null> {
  const stats = statsAt(path);
  if (stats === null) return 'is missing';
  if (from === null) return stats.isDirectory() ? null : 'is no folder';
  if (link !== undefined)
    return stats.isSymbolicLink() && readlinkSync(path) === link ? null : 'is not the link';
  if (digest === undefined) return null;
  if (!stats.isFile()) return 'is no file';
  const now = await digestAt(path, signal);
  return now !== null && sameDigest(now, digest) ? null : 'has another content';
}

async function digestAt(path: string, signal: AbortSignal): Promise<Digest | null> {
  for await (const { digests } of readHere([[path]], signal)) return digests.slice(0, digestLength) as Digest;
  return null;
}

/** In a folder that has to make room for what was there before, nothing of others may be. */
function foreignIn(folder: string, filled: ReadonlyMap<string, Put>): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const path = join(folder, item.name);
    if (!filled.has(path)) return [`${path}: is not the patch's, and the folder has to go`];
    return item.isDirectory() ? foreignIn(path, filled) : [];
  });
}

/** A removed folder that is there again is no obstacle: the old one was empty. */
function isBack({ path, keep }: Take): boolean {
  const stats = statsAt(path);
  return stats !== null && !(keep === true && stats.isDirectory());
}
