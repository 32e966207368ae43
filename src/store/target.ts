/** The port for the place that a patch is applied to. */
import type { Identity } from '../layer/layer.ts';
import type { Change } from '../patch/change.ts';

/**
 * The contract: between the first `stage` and `commit` nothing that a user sees changes. `commit` makes all staged
 * changes visible, or none. `abort` (also after a failed `commit`) leaves no trace, may be called at any time and
 * twice, and does nothing after a successful `commit`. Contents are checked against their digests by whoever makes
 * them: an error while they are read is an error of `stage`.
 */
export interface Target {
  /** Says what version of which application the target is going to be; before the first `stage`. */
  identify(identity: Identity): void;
  stage(change: Change, contents: AsyncIterable<Uint8Array> | null, signal: AbortSignal): Promise<void>;
  commit(signal: AbortSignal): Promise<void>;
  abort(): Promise<void>;
}
