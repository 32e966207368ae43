/** How a worker answers. The structured clone drops an error's own fields, so a PatchError travels as plain data. */
import { type ErrorCode, PatchError, isPatchError } from '../errors.ts';

export interface Request {
  readonly module: string;
  readonly name: string;
  readonly job: unknown;
}

interface PortableError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly entry: string | undefined;
  readonly help: string | undefined;
  readonly details: readonly string[];
  readonly stage: string | undefined;
  readonly stack: string | undefined;
  readonly cause: string | undefined;
}

export type Reply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: PortableError }
  | { readonly ok: false; readonly fault: { readonly message: string; readonly stack: string | undefined } };

/** The answer that stands for anything thrown. */
export function failure(thrown: unknown): Reply {
  if (!isPatchError(thrown)) {
    if (!(thrown instanceof Error))
      return { ok: false, fault: { message: String(thrown), stack: undefined } };
    return { ok: false, fault: { message: thrown.message, stack: thrown.stack } };
  }
  const { code, message, entry, help, details, stage, stack } = thrown;
  const cause = thrown.cause instanceof Error ? thrown.cause.message : undefined;
  return { ok: false, error: { code, message, entry, help, details, stage, stack, cause } };
}

/** The result, or the error thrown again: a PatchError with all its fields, any other as a plain Error. */
export function unwrap(reply: Reply): unknown {
  if (reply.ok) return reply.result;
  if ('fault' in reply) throw withStack(new Error(reply.fault.message), reply.fault.stack);
  const { code, message, entry, help, details, stage, stack, cause } = reply.error;
  const error = new PatchError(code, message, {
    details,
    ...(entry === undefined ? {} : { entry }),
    ...(help === undefined ? {} : { help }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
  error.stage = stage;
  throw withStack(error, stack);
}

/** The stack of the worker: it tells where, which ours would not. */
function withStack(error: Error, stack: string | undefined): Error {
  if (stack !== undefined) error.stack = stack;
  return error;
}
