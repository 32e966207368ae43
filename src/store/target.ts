/** The port for the place that a patch is applied to. */
import type { Digest } from '../bytes.ts';
import type { Identity } from '../layer/layer.ts';
import type { Change } from '../patch/change.ts';

/** What a target is going to be, and what has to happen for it. */
export interface Release {
  readonly identity: Identity;
  /** The version before. */
  readonly from: string;
  /** State digest and size of all files, in bytes, of the version after. */
  readonly digest: Digest;
  readonly size: number;
  /** The patch's number among those of its application, where it has one. */
  readonly sequence?: number;
  readonly changes: readonly Change[];
}

/**
 * The contract: `prepare` comes before the first `stage`, and refuses (E_BUSY, E_DOWNGRADE, E_SPACE, E_CONFLICT) what cannot
 * work. Between it and `commit` nothing that a user sees changes. `commit` makes all staged
 * changes visible, or none. `abort` (also after a failed `commit`) leaves no trace, may be called at any time and
 * twice, and does nothing after a successful `commit`. Contents are checked against their digests by whoever makes
 * them: an error while they are read is an error of `stage`.
 */
export interface Target {
  prepare(release: Release, signal: AbortSignal): Promise<void>;
  stage(change: Change, contents: AsyncIterable<Uint8Array> | null, signal: AbortSignal): Promise<void>;
  commit(signal: AbortSignal): Promise<void>;
  abort(): Promise<void>;
}
