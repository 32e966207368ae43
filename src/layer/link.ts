/** Safe symbolic links: none leads out of the folder of its variable (FORMAT §3.2). Refuses, never repairs. */
import { PatchError } from '../errors.ts';

/** At most so many bytes of UTF-8. */
const maxLength = 4096;

/**
 * Why the link of this name must not have this text, or null if it may.
 *
 * `..` may only stand in front. A link lies in a real folder, so going up from there passes real folders only; from
 * there on every step goes down, into a folder or through a link that keeps this rule itself. Behind a name, `..`
 * would be the parent of wherever a link of that name leads, which no reader of one link can know.
 */
export function linkProblem(name: string, to: string): string | null {
  if (to === '') return 'its text is empty';
  if (!to.isWellFormed()) return 'its text is not valid Unicode';
  if (Buffer.byteLength(to) > maxLength) return `its text is longer than ${maxLength} bytes`;
  if (to.includes('\0')) return 'its text has a NUL character';
  // A separator on Windows, an ordinary character elsewhere: the same link would mean two things.
  if (to.includes('\\')) return 'its text has a backslash';
  if (to.startsWith('/')) return 'it is absolute';
  if (/^[A-Za-z]:/.test(to)) return 'it names a drive';
  // Folders between the link and its variable's folder; the variable and the link itself are none of them.
  let depth = name.split('/').length - 2;
  if (depth < 0) return "it stands in place of a variable's folder";
  let down = false;
  for (const component of to.split('/')) {
    if (component === '' || component === '.') continue;
    if (component !== '..') down = true;
    else if (down) return 'its text goes up again behind a name';
    else if (--depth < 0) return "it leads out of its variable's folder";
  }
  return null;
}

/** Refuses an unsafe link (E_NAME). */
export function assertLink(name: string, to: string): void {
  const problem = linkProblem(name, to);
  if (problem === null) return;
  throw new PatchError('E_NAME', `${name} cannot be a link to ${JSON.stringify(to)}: ${problem}`, {
    entry: name,
    help: 'make it a relative link inside of its folder, or exclude it (--exclude)',
  });
}
