/** What one hostile archive is. */
import type { ErrorCode } from '../../../src/errors.ts';
import type { Twist } from '../archive.ts';
import type { Scene } from '../target.ts';

export interface Hostile {
  readonly name: string;
  /** The error that it must raise, and what that says: of the lie itself, not of something on the way to it. */
  readonly code: ErrorCode;
  readonly says: RegExp;
  /** What is broken in an archive that is right otherwise, and signed by a key that is trusted. */
  readonly twist?: Twist;
  /** Makes the archive, where a twist cannot. */
  readonly build?: () => Promise<Buffer>;
  /** What is wrong with the target, where the archive alone would do no harm. */
  readonly prepare?: (scene: Scene) => void;
}
