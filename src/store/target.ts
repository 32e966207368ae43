/** The port for the place that a patch is applied to. */
import type { Change } from '../patch/change.ts';
import type { Release } from '../patch/release.ts';

export type { Release };

export type OnBrought = (path: string) => void;

/**
 * The contract: `prepare` comes before the first `stage`, and refuses (E_BUSY, E_DOWNGRADE, E_SPACE, E_CONFLICT) what cannot
 * work. Between it and `commit` nothing that a user sees changes. `commit` makes all staged
 * changes visible, or none. `abort` (also after a failed `commit`) leaves no trace, may be called at any time and
 * twice, and does nothing after a successful `commit`. Contents are checked against their digests by whoever makes
 * them: an error while they are read is an error of `stage`. `onBrought` hears of paths that `commit` copies or links
 * because they stay as they are.
 */
export interface Target {
  prepare(release: Release, signal: AbortSignal): Promise<void>;
  stage(change: Change, contents: AsyncIterable<Uint8Array> | null, signal: AbortSignal): Promise<void>;
  commit(signal: AbortSignal, onBrought?: OnBrought): Promise<void>;
  abort(): Promise<void>;
}
