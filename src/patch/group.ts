/** Files whose contents are coded together, one behind the other, against several files of the base (FORMAT §5.3). */
import type { Reference } from './change.ts';

export interface Group {
  /** The codec, as in a change: one step. */
  readonly encoding: readonly string[];
  /** What the contents are coded against: these files of the base, one behind the other. */
  readonly references: readonly Reference[];
  /** Size of the payload in bytes. */
  readonly payload: number;
}
