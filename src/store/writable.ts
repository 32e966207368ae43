/** What users wrote on top of a layer: a folder for each, in one beside the read-only sublayer. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromSystem, systemCode } from '../errors.ts';

/** In the folder of a layer of a store, and in a layer directory. */
export const writableName = 'writable';

/** Who has a writable sublayer there. E_INPUT where it cannot be read. */
export function usersOf(folder: string): string[] {
  try {
    const items = readdirSync(join(folder, writableName), { withFileTypes: true });
    return items.filter((item) => item.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw fromSystem(error, 'read', join(folder, writableName));
  }
}
