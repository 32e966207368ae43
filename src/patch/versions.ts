/** What people say of versions: exact texts, and ranges of semantic versions (semver.org). */
import semver from 'semver';
import { PatchError } from '../errors.ts';

const loose = { loose: true } as const;

/** Below zero where the first is older; null where one of them is no semantic version, so that nobody knows. */
export function compareVersions(a: string, b: string): number | null {
  if (semver.valid(a, loose) === null || semver.valid(b, loose) === null) return null;
  return semver.compareBuild(a, b, loose);
}

/** The versions that were asked for. */
export interface Wanted {
  readonly text: string;
  readonly matches: (version: string) => boolean;
}

/**
 * `1.3.0`, `^1.2`, `>=1 <2`, or `latest` for any. A text that is one of the versions at hand is that version and no range;
 * versions that are not semantic match their own text only. E_USAGE for a text that is neither.
 */
export function wantedVersion(text: string, known: readonly string[]): Wanted {
  if (known.includes(text)) return { text, matches: (version) => version === text };
  const range = text === 'latest' ? '*' : semver.validRange(text, loose);
  if (range === null) {
    throw new PatchError(
      'E_USAGE',
      `${JSON.stringify(text)} is neither a version that is known here nor a range`,
      {
        help: `give one of ${[...new Set(known)].slice(0, 20).join(', ')}, or a range such as ^1.2.0`,
      },
    );
  }
  return { text, matches: (version) => semver.satisfies(version, range, loose) };
}
