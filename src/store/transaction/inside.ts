/** Paths below a folder. */
import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is below a folder, and not the folder itself. Links are not looked at. */
export function isInside(path: string, root: string): boolean {
  if (isPlainlyInside(path, root)) return true;
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** For nearly all paths, which are made of their root's; what has to be parsed is not. */
function isPlainlyInside(path: string, root: string): boolean {
  const at = root.length;
  if (!path.startsWith(root) || path[at] !== sep || path.includes('..', at)) return false;
  const [first, second] = [path[at + 1], path[at + 2]];
  if (first === undefined || first === sep || first === '/') return false;
  return first !== '.' || (second !== undefined && second !== sep && second !== '/');
}
