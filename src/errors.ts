/**
 * The one error class of the project. Its `code` is a closed union that callers branch on and tests match;
 * its message names the thing and its `help` says what to do.
 */

/** Every code with the exit status of the `vpa` command (README, "Exit codes"). */
export const exitCodes = {
  E_USAGE: 2,
  E_INPUT: 3,
  E_FORMAT: 4,
  E_LIMIT: 4,
  E_NAME: 4,
  E_VERSION: 4,
  E_CODEC: 4,
  E_DIGEST: 4,
  E_SIGNATURE: 5,
  E_UNTRUSTED: 5,
  E_UNVERIFIED: 5,
  E_BASE_MISMATCH: 6,
  E_DOWNGRADE: 6,
  E_BUSY: 7,
  E_CONFLICT: 7,
  E_RIGHTS: 8,
  E_SPACE: 8,
  E_ENVIRONMENT: 8,
  E_STAGE: 8,
  E_CANCELLED: 130,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface PatchErrorOptions {
  /** The entry (file, key, archive part) that the error concerns. */
  readonly entry?: string;
  /** What a person can do about it; one sentence. */
  readonly help?: string;
  readonly cause?: unknown;
  /** One line for each thing that is wrong, where there are several (drift, for example). */
  readonly details?: readonly string[];
  /** The same for programs: plain data, which stands in the error's document as it is. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export class PatchError extends Error {
  override readonly name = 'PatchError';
  readonly code: ErrorCode;
  readonly entry: string | undefined;
  readonly help: string | undefined;
  readonly details: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** The stage in which it happened; set once, by the first stage that sees it. */
  stage: string | undefined;

  constructor(code: ErrorCode, message: string, options: PatchErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.entry = options.entry;
    this.help = options.help;
    this.details = options.details ?? [];
    this.data = options.data ?? {};
  }
}

/** Also true for a PatchError of another copy of this module (a configuration may load its own). */
export function isPatchError(error: unknown): error is PatchError {
  return (
    error instanceof Error &&
    error.name === 'PatchError' &&
    typeof (error as { code?: unknown }).code === 'string' &&
    (error as unknown as { code: string }).code in exitCodes
  );
}

/** The operating system's code (`ENOENT` …) of an error, or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const missing = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
const denied = new Set(['EACCES', 'EPERM', 'EROFS']);
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const busy = new Set(['EBUSY', 'ETXTBSY']);

/**
 * Gives a failed file-system call its code. `doing` tells whether we were reading an input or writing a target:
 * missing rights mean E_INPUT for the first and E_RIGHTS for the second. Anything that is a PatchError already
 * comes back unchanged.
 */
export function fromSystem(error: unknown, doing: 'read' | 'write', path: string): PatchError {
  if (isPatchError(error)) return error;
  const code = systemCode(error);
  const reason = error instanceof Error ? error.message : String(error);
  const make = (our: ErrorCode, what: string, help: string): PatchError =>
    new PatchError(our, `${path}: ${what}`, { entry: path, help, cause: error });
  if (code === undefined)
    return make(doing === 'read' ? 'E_INPUT' : 'E_ENVIRONMENT', reason, 'see the cause');
  if (full.has(code))
    return make('E_SPACE', 'no space left on the device', 'free some space and run it again');
  if (busy.has(code)) return make('E_BUSY', 'is in use', 'close the programs that use it and run it again');
  if (denied.has(code)) {
    if (doing === 'read')
      return make('E_INPUT', 'cannot be read: permission denied', 'check its permissions');
    return make('E_RIGHTS', 'cannot be written: permission denied', 'check its permissions and who you are');
  }
  if (missing.has(code)) return make('E_INPUT', 'does not exist', 'check the path');
  if (code === 'ENAMETOOLONG')
    return make('E_NAME', 'is longer than this system allows', 'use a shorter path');
  return make(doing === 'read' ? 'E_INPUT' : 'E_ENVIRONMENT', reason, 'see the cause');
}

/** What a cancelled run rejects with. */
export function cancelled(cause?: unknown): PatchError {
  return new PatchError('E_CANCELLED', 'cancelled; nothing was changed', { cause });
}

/** Throws E_CANCELLED when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw isPatchError(signal.reason) ? signal.reason : cancelled(signal.reason);
}
