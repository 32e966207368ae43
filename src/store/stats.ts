/** Looks at what is on disk. */
import { type Stats, lstatSync } from 'node:fs';
import { systemCode } from '../errors.ts';

/** What is at a path, links not followed; null where nothing is, or can be: something on the way is no folder, or the name is too long. */
export function statsAt(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (['ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
}
