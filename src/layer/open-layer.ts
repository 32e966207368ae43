/** Opens whatever a person gives as a layer, by what it is. */
import { statSync } from 'node:fs';
import { PatchError, fromSystem } from '../errors.ts';
import { openDirectory } from './directory-layer.ts';
import type { Layer } from './layer.ts';
import { openVsa } from './vsa.ts';

/** A path, or a path with the `.reg` files that belong to it. */
export type LayerSource = string | { readonly path: string; readonly registry?: readonly string[] };

/**
 * Opens a plain application directory, a layer directory (it has a `layer.json`) or a VSA. E_INPUT where it is missing
 * or cannot be read, E_FORMAT where it is none of these.
 */
export async function openLayer(given: LayerSource): Promise<Layer> {
  const { path, registry = [] } = typeof given === 'string' ? { path: given } : given;
  let isFile = false;
  try {
    isFile = statSync(path).isFile();
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  if (!isFile) return openDirectory(path, registry);
  if (registry.length > 0) {
    throw new PatchError('E_USAGE', `${path}: is an archive, which has its registry inside`, {
      entry: path,
      help: 'leave the registry files out',
    });
  }
  return openVsa(path);
}
