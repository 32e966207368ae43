/** Counts what one decoding holds, so that a hostile delta is refused before memory is taken. */
import { tooLarge } from '../../bytes.ts';

export interface Memory {
  /** Counts bytes that stay until the end. E_LIMIT when the limit is exceeded; `what` names them. */
  keep(bytes: number, what: string): void;
  /** Checks that `bytes` more fit for a while. E_LIMIT otherwise. */
  borrow(bytes: number, what: string): void;
}

export function memory(limit: number): Memory {
  let kept = 0;
  const check = (total: number, what: string): void => {
    if (total > limit) throw tooLarge(what, total, limit);
  };
  return {
    keep: (bytes, what) => {
      check(kept + bytes, what);
      kept += bytes;
    },
    borrow: (bytes, what) => check(kept + bytes, what),
  };
}
