/** What a store has that is not as we have left it. */
import { PatchError, fromSystem, systemCode } from '../../errors.ts';

/** Somebody has taken something away, or put something else there. Whatever else the system says, it says of this moment only. */
const structural = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

/** E_CONFLICT; but E_INPUT where it could not be read now and may be whole. */
export function damaged(path: string, what: string, cause?: unknown): PatchError {
  const code = systemCode(cause);
  if (code !== undefined && !structural.has(code)) return fromSystem(cause, 'read', path);
  return new PatchError('E_CONFLICT', `${path}: ${what}`, {
    entry: path,
    help: 'somebody has changed the store from outside: delete the layer (vpa layer delete NUMBER) and bring it in again',
    ...(cause !== undefined && { cause }),
  });
}
