/** Makes one transaction out of its parts: adds the folders that nothing makes, and what closed folders need. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { platformHasModes } from '../layer/walk.ts';
import type { Part } from './plan-files.ts';
import { closedFolders, withFolders } from './transaction/access.ts';
import { isInside } from './transaction/inside.ts';
import type { Mode, PatchFacts, Put, Transaction } from './transaction/record.ts';

export interface AssembleOptions {
  readonly root: string;
  readonly patch: PatchFacts;
  /** The folder that gets the record and the backups at the end. */
  readonly keep: string | null;
}

export function assemble(parts: readonly Part[], { root, patch, keep }: AssembleOptions): Transaction {
  const takes = parts.flatMap((part) => part.takes);
  const given = parts.flatMap((part) => part.puts);
  const made = missingFolders(given, root);
  const puts = [...made.map((path): Put => ({ path, from: null })), ...given];
  const modes = parts.flatMap((part) => part.modes);
  const restore = parts.flatMap((part) => part.restore);
  if (platformHasModes) modes.push(...made.map((path): Mode => [path, 0o755]));
  const paths = withFolders(takes.map(({ path }) => path));
  for (const { path, digest, link } of puts) {
    paths.add(dirname(path));
    if (digest === undefined && link === undefined) paths.add(path);
  }
  const closed = closedFolders(paths, root);
  const settled = new Set(modes.map(([path]) => path));
  for (const { path, keep: stays } of takes) if (stays !== true) settled.add(path);
  const known = new Set(restore.map(([path]) => path));
  for (const [folder, mode] of closed) {
    if (!known.has(folder)) restore.push([folder, mode]);
    if (!settled.has(folder)) modes.push([folder, mode]);
  }
  return { patch, keep, takes, puts, modes, restore };
}

/** Folders that nothing in the patch makes, because the base has no entry for them: those of variables and areas. */
function missingFolders(puts: readonly Put[], root: string): string[] {
  const missing = new Set<string>();
  const known = new Set(puts.flatMap(({ path, from }) => (from === null ? [path] : [])));
  for (const { path } of puts) {
    for (let at = dirname(path); isInside(at, root) && !known.has(at); at = dirname(at)) {
      if (!existsSync(at)) missing.add(at);
      known.add(at);
    }
  }
  return [...missing].sort();
}
