/** Who an application is, where nobody says so: from its layer.json, its package.json, or the name of its folder. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import semver from 'semver';
import type { Identity, Layer } from '../layer/layer.ts';

/**
 * The identity of a layer. What its own description says comes first; a plain application directory has none, so then
 * come `name` and `version` of a package.json in it, then its folder's name (`notes-1.0.0`). The version may be empty.
 */
export function guessIdentity({ identity, location }: Pick<Layer, 'identity' | 'location'>): Identity {
  const described = identity.id !== '';
  const description = described ? {} : readPackageJson(location);
  const name = described ? identity.name : (description.name ?? nameIn(location));
  return {
    id: described ? identity.id : name,
    name: name === '' ? identity.id : name,
    version: identity.version || (description.version ?? versionIn(basename(location)) ?? ''),
  };
}

/** The fields that are texts; a file that is missing or not understood says nothing. */
function readPackageJson(folder: string): { name?: string; version?: string } {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    const text = (field: unknown): field is string => typeof field === 'string' && field !== '';
    return {
      ...('name' in value && text(value.name) && { name: value.name }),
      ...('version' in value && text(value.version) && { version: value.version }),
    };
  } catch {
    return {};
  }
}

// At the end of the name, set off from what stands before it; Windows likes four numbers.
const trailing =
  /[-_. ]?(?<![0-9A-Za-z]|\d\.)v?(\d+(?:\.\d+){1,3}(?:-(?:alpha|beta|rc|pre|preview|dev|next|canary|nightly|snapshot)[0-9A-Za-z.-]*)?)$/i;

/** The version at the end of a folder's name, or null: '1.2' becomes '1.2.0', '1.2.3.4' stays. */
export function versionIn(name: string): string | null {
  const text = trailing.exec(stem(name))?.[1];
  if (text === undefined) return null;
  return semver.valid(text) ?? (/^\d+\.\d+$/.test(text) ? (semver.coerce(text)?.version ?? text) : text);
}

/** The folder's name without the version; for a folder that is named by its version alone, its parent's name. */
function nameIn(path: string): string {
  const name = stem(basename(path)).replace(trailing, '');
  return name === '' ? basename(dirname(path)) : name;
}

function stem(name: string): string {
  return name.replace(/\.(vsa|zip)$/i, '');
}
