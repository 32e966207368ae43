/** What a target is going to be, and what has to happen for it: by a patch, or by a repair. */
import type { Digest } from '../bytes.ts';
import type { Identity } from '../layer/layer.ts';
import type { EntryName } from '../layer/name.ts';
import type { Change } from './change.ts';

export interface Release {
  readonly identity: Identity;
  /** The version before. */
  readonly from: string;
  /** State digest and size of all files, in bytes, of the version after. */
  readonly digest: Digest;
  readonly size: number;
  /** The patch's number among those of its application, where it has one. */
  readonly sequence?: number;
  /** The numbers of the patches before it, where several are applied as one. */
  readonly earlier?: readonly number[];
  /** The most that waits in temporary files while it is made, in bytes. */
  readonly temporary?: number;
  readonly changes: readonly Change[];
  /** The whole digest of a file's content, as soon as it was made; those in the changes are cut short. Undefined where nobody knows it. */
  readonly digestOf?: (name: EntryName) => Digest | undefined;
  /** No patch, but the way back to the version that was there: which patch was applied last stays as it is. */
  readonly repair?: true;
}
