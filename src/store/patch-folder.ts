/** The patches in a folder. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromSystem } from '../errors.ts';

/** The paths of its `.vpa` files, sorted; not of those in folders in it. E_INPUT where the folder cannot be read. */
export function patchesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((item) => item.name.endsWith('.vpa') && !item.isDirectory())
      .map(({ name }) => join(folder, name))
      .sort();
  } catch (error) {
    throw fromSystem(error, 'read', folder);
  }
}
