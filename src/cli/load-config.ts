/** Loads a configuration: the default export of a JavaScript or TypeScript module. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import * as plugins from '../../plugins/index.ts';
import * as presets from '../../presets/index.ts';
import { PatchError, fromSystem, isPatchError } from '../errors.ts';
import * as library from '../index.ts';

/** A configuration need not give everything that an application has: the command line may. */
export type Config = Partial<presets.Application>;

export const usualConfigs = ['vpa.config.ts', 'vpa.config.js', 'vpa.config.mjs'];

/** The configuration's usual file in a folder, or null. */
export function findConfig(folder: string): string | null {
  return usualConfigs.map((name) => resolve(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** E_INPUT where the file cannot be read or fails; E_USAGE where its default export is no configuration. */
export async function loadConfig(path: string): Promise<Config> {
  const exported = unwrap(await load(resolve(path), path));
  if (isObject(exported)) return exported; // field by field it is checked by defineApplication
  throw new PatchError('E_USAGE', `${path}: its default export is no configuration`, {
    entry: path,
    help: 'write: export default defineApplication({ id: … })',
  });
}

async function load(file: string, path: string): Promise<unknown> {
  try {
    statSync(file);
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  // The configuration gets this very copy of the library: files that another one has made would not be known here.
  const virtualModules = { 'gulp-vpa': library, 'gulp-vpa/plugins': plugins, 'gulp-vpa/presets': presets };
  try {
    // Loaded here, since most runs have no configuration.
    const { createJiti } = await import('jiti');
    return await createJiti(import.meta.url, { fsCache: false, virtualModules }).import(file);
  } catch (error) {
    const [reason = '', ...details] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new PatchError(isPatchError(error) ? error.code : 'E_INPUT', `${path}: ${reason.trim()}`, {
      entry: path,
      details: details.map((line) => line.trim()),
      help: isPatchError(error) && error.help !== undefined ? error.help : 'correct the configuration',
      cause: error,
    });
  }
}

/** Takes the default export out of a module, also where one was wrapped in another on the way. */
function unwrap(value: unknown, depth = 2): unknown {
  return depth > 0 && isObject(value) && 'default' in value ? unwrap(value.default, depth - 1) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
