/** Which folder the store is, where nobody says so. */
import { isAbsolute, join } from 'node:path';

export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** `VPA_STORE`, or `vpa/layers` in the folder where the user's programs keep their data. */
export function usualStore({ platform, environment, home }: Surroundings): string {
  const named = environment['VPA_STORE'] ?? '';
  return named === '' ? join(dataFolder({ platform, environment, home }), 'vpa', 'layers') : named;
}

function dataFolder({ platform, environment, home }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  const given = environment[platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_DATA_HOME'] ?? '';
  // XDG Base Directory Specification 0.8: a path that is not absolute does not count.
  if (given !== '' && (platform === 'win32' || isAbsolute(given))) return given;
  return platform === 'win32' ? join(home, 'AppData', 'Local') : join(home, '.local', 'share');
}
