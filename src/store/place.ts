/** Where the entries of a layer are on disk. */
import { join } from 'node:path';
import { PatchError } from '../errors.ts';
import { type DirectoryLayer, reservedNames } from '../layer/directory-layer.ts';
import type { EntryName } from '../layer/name.ts';
import { statsAt } from './stats.ts';

/** Refuses (E_CONFLICT) a layer directory whose own folders are links: what is written there would be elsewhere. */
export function assertOwnFolders({ directory, description }: DirectoryLayer): void {
  if (description === null) return;
  const readOnly = join(directory, 'read-only');
  for (const path of [readOnly, join(readOnly, 'files'), join(readOnly, 'registry')]) {
    if (statsAt(path)?.isSymbolicLink() !== true) continue;
    throw new PatchError('E_CONFLICT', `${path}: is a link, and the patch would write through it`, {
      entry: path,
      help: 'replace the link by a folder',
    });
  }
}

/** E_CONFLICT for an entry that this kind of layer cannot have, E_NAME for one in a folder that is ours. */
export function pathIn(
  { directory, description }: Pick<DirectoryLayer, 'directory' | 'description'>,
  name: EntryName,
): string {
  const [variable = '', ...components] = name.split('/');
  if (description !== null) return join(directory, 'read-only', 'files', variable, ...components);
  if (variable !== 'AppRoot') {
    throw new PatchError('E_CONFLICT', `${name}: is outside of an application directory`, {
      entry: name,
      help: 'the patch is for a layer: apply it to a layer directory',
    });
  }
  // In any case, since the file system may not tell one from the other.
  if (reservedNames.has(components[0]?.toLowerCase() ?? '')) {
    throw new PatchError('E_NAME', `${name}: is where drafts and backups are kept when a patch is applied`, {
      entry: name,
      help: 'make the patch again, without it',
    });
  }
  return join(directory, ...components);
}
