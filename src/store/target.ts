/** The port for the place that a patch is applied to. */
import type { Change } from '../patch/change.ts';

/**
 * The contract: between the first `stage` and `commit` nothing that a user sees changes. `commit` makes all staged
 * changes visible, or none. `abort` (also after a failed `commit`) leaves no trace, may be called at any time and
 * twice, and does nothing after a successful `commit`. Contents are whole and checked against their digests by
 * whoever reads them, while they are written.
 */
export interface Target {
  stage(change: Change, contents: AsyncIterable<Uint8Array> | null, signal: AbortSignal): Promise<void>;
  commit(signal: AbortSignal): Promise<void>;
  abort(): Promise<void>;
}
