/** What a caller may ask of the hive that is written. */
import { PatchError } from '../../errors.ts';
import { defaultSecurity } from './default-security.ts';
import { checkSecurity } from './check-security.ts';

export interface RegfOptions {
  /**
   * `1.5`: what Windows writes since XP. `1.3`: Windows NT 4 and 2000 read it too, and Windows still uses it for some
   * hives; no value above 1 MiB. `1.6`: a layer over another hive (Windows 10 and later), the only version with
   * delete entries.
   */
  readonly version?: '1.3' | '1.4' | '1.5' | '1.6';
  /** Of the root key, which Windows wants to have one and never looks up. As in the model, else `ROOT`. */
  readonly rootName?: string;
  /** FILETIME (100 ns since 1601) of keys whose `lastWrite` is not known. 0: Windows takes that for never written. */
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

/** From this minor version on there are big data records, hash leaves, and delete entries. */
export const bigDataSince = 4;
export const hashLeafSince = 5;
export const layeredSince = 6;

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
  checkSecurity(security, 'the default security descriptor');
  return {
    minor,
    rootName: options.rootName ?? (root === '' ? 'ROOT' : root),
    lastWrite: options.lastWrite ?? 0n,
    security,
  };
}
