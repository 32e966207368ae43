/** `layer.json`: who a layer is and how its machine calls its places. */
import { z } from 'zod';
import { PatchError } from '../errors.ts';
import type { Identity } from './layer.ts';

export const layerFile = 'layer.json';
export const deleteEntriesFile = 'delete-entries.json';

const schema = z.looseObject({
  format: z.literal(1),
  id: z.string().min(1).max(1024),
  name: z.string().max(1024),
  version: z.string().max(1024),
  variables: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/), z.string().min(1)).default({}),
  excludes: z.array(z.string().min(1)).default([]),
});

/** Fields that we do not know are kept as they are. */
export type LayerJson = z.infer<typeof schema>;

/** Reads a layer's description. E_FORMAT with the field that is wrong. */
export function parseLayerJson(text: string, path: string): LayerJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PatchError('E_FORMAT', `${path}: is not JSON`, { entry: path, cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new PatchError('E_FORMAT', `${path}: ${z.prettifyError(result.error)}`, {
    entry: path,
    cause: result.error,
  });
}

/** The description of the layer after a patch: another version, everything else as it was. */
export function formatLayerJson(layer: LayerJson, identity: Identity): string {
  return `${JSON.stringify({ ...layer, name: identity.name, version: identity.version }, null, 2)}\n`;
}

const names = z.array(z.string());

/** Reads the list of a layer's file delete entries. */
export function parseDeleteEntries(text: string, path: string): string[] {
  try {
    return names.parse(JSON.parse(text));
  } catch (error) {
    throw new PatchError('E_FORMAT', `${path}: is not a JSON array of names`, { entry: path, cause: error });
  }
}

export function formatDeleteEntries(entries: readonly string[]): string {
  return `${JSON.stringify(entries, null, 2)}\n`;
}
