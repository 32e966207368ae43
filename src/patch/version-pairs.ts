/** Which versions of an application get a patch between them. */
import semver from 'semver';
import { PatchError } from '../errors.ts';

/**
 * Each version with the next one, in the order of semantic versioning (semver.org §11), whatever order they are given
 * in. E_USAGE for a text that is no semantic version, or one that is given twice.
 */
export function versionPairs(versions: readonly string[]): (readonly [from: string, to: string])[] {
  for (const version of versions) {
    if (semver.valid(version) !== null) continue;
    throw new PatchError('E_USAGE', `${JSON.stringify(version)} is not a semantic version`, {
      help: 'write it as in 1.2.3',
    });
  }
  const sorted = [...versions].sort((a, b) => semver.compareBuild(a, b));
  return sorted.slice(1).map((to, index) => {
    const from = sorted[index] ?? to;
    if (semver.compareBuild(from, to) !== 0) return [from, to] as const;
    throw new PatchError('E_USAGE', `the version ${to} is given twice`);
  });
}
