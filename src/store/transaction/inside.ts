/** Paths below a folder. */
import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is below a folder, and not the folder itself. Links are not looked at. */
export function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
