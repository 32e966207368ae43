/** Removes a folder with everything in it. */
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { statsAt } from './stats.ts';

/** Read-only folders in it included, which the system refuses to empty. Nothing happens where nothing is. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error;
    open(path);
    rmSync(path, { recursive: true, force: true });
  }
}

/** Removes everything in a folder but what has one of the names. */
export function emptyFolder(path: string, spare: ReadonlySet<string>): void {
  if (statsAt(path)?.isDirectory() !== true) return;
  for (const name of readdirSync(path)) if (!spare.has(name)) removeTree(join(path, name));
}

function open(path: string): void {
  if (statsAt(path)?.isDirectory() !== true) return;
  chmodSync(path, 0o700);
  for (const item of readdirSync(path, { withFileTypes: true })) {
    if (item.isDirectory()) open(join(path, item.name));
  }
}
