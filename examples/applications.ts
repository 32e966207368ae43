/** Real releases of real applications, installed side by side by npm under aliases, as the examples' input. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Application, defineApplication } from '../presets/index.ts';
import type { LayerSource } from '../src/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const installed = (name: string): string => join(root, 'node_modules', name);
const registry = (name: string): string => join(root, 'examples', 'registry', `${name}.reg`);

export interface Releases {
  readonly application: Application;
  /** Version → where it is. */
  readonly versions: Readonly<Record<string, Exclude<LayerSource, string>>>;
}

/** 7-Zip for Windows, macOS and Linux, with what its installer writes to the registry. */
export const sevenZip: Releases = {
  application: defineApplication({ id: 'org.7-zip.standalone', name: '7-Zip', preset: 'windows' }),
  versions: Object.fromEntries(
    ['5.0.3', '5.1.1', '5.2.0'].map((version) => [
      version,
      { path: installed(`7zip-${version}`), registry: [registry(`7zip-${version}`)] },
    ]),
  ),
};

/** date-fns: more than five thousand small files, almost all of them touched by a release. */
export const dateFns: Releases = {
  application: defineApplication({ id: 'org.date-fns', name: 'date-fns' }),
  versions: Object.fromEntries(
    ['2.29.3', '2.30.0'].map((version) => [version, { path: installed(`date-fns-${version}`) }]),
  ),
};

/** A release that has to be there. */
export function release({ versions }: Releases, version: string): Exclude<LayerSource, string> {
  const found = versions[version];
  if (!found) throw new Error(`there is no release ${version}`);
  return found;
}
