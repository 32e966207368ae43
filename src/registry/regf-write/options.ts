/** What a caller may ask of the hive that is written. */
import { PatchError } from '../../errors.ts';
import { defaultSecurity } from './default-security.ts';
import { checkSecurity } from './check-security.ts';
import { checkTime } from './check-time.ts';

export interface RegfOptions {
  /**
   * `1.5` unless told: what Windows XP and all later ones read. `1.3` is older; it has no value above 1 MiB. `1.6` is
   * a layer over another hive (Windows 10 and later): the only one that can carry delete entries and opaque keys.
   */
  readonly version?: '1.3' | '1.4' | '1.5' | '1.6';
  /** Of the root key, which nobody looks up by it; a hive's root has some name. As in the model, `ROOT` if empty there. */
  readonly rootName?: string;
  /** FILETIME (100 ns since 1601) of keys whose `lastWrite` is not known; 0 unless told. */
  readonly lastWrite?: bigint;
  /** Self-relative descriptor of keys that have none; `defaultSecurity` unless told. */
  readonly security?: Uint8Array;
}

export interface RegfFormat {
  readonly minor: number;
  readonly rootName: string;
  readonly lastWrite: bigint;
  readonly security: Uint8Array;
}

const minors = { '1.3': 3, '1.4': 4, '1.5': 5, '1.6': 6 } as const;

/** E_USAGE for a version that we do not write. */
export function regfFormat(root: string, options: RegfOptions): RegfFormat {
  const version = options.version ?? '1.5';
  const minor: number | undefined = Object.hasOwn(minors, version) ? minors[version] : undefined;
  if (minor === undefined) {
    throw new PatchError('E_USAGE', `hives of version ${version} cannot be written`, {
      help: `use one of ${Object.keys(minors).join(', ')}`,
    });
  }
  const security = options.security ?? defaultSecurity;
  checkSecurity(security, () => 'the default security descriptor');
  const lastWrite = options.lastWrite ?? 0n;
  checkTime(lastWrite, () => 'the default time');
  return {
    minor,
    rootName: options.rootName ?? (root === '' ? 'ROOT' : root),
    lastWrite,
    security,
  };
}
