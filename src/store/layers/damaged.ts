/** What a store has that is not as we have left it. */
import { basename, dirname } from 'node:path';
import { PatchError, fromSystem, isPatchError, systemCode } from '../../errors.ts';

/** Somebody has taken something away, or put something else there. Whatever else the system says, it says of this moment only. */
const structural = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

/** E_CONFLICT; but E_INPUT where it could not be read now and may be whole. `help` says what to do. */
export function damaged(path: string, what: string, cause?: unknown, help = byDefault): PatchError {
  const code = isPatchError(cause) ? undefined : systemCode(cause);
  if (code !== undefined && !structural.has(code)) return fromSystem(cause, 'read', path);
  return new PatchError('E_CONFLICT', `${path}: ${what}`, {
    entry: path,
    help: `somebody has changed the store from outside: ${help}`,
    ...(cause !== undefined && { cause }),
  });
}

const byDefault =
  'export what can be saved (vpa layer export), delete the layer (vpa layer delete), and bring it in again';

/** What it reads, or null where that is damaged; anything else that is wrong is thrown. */
export function wholeOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

export function isDamage(error: unknown): error is PatchError {
  return isPatchError(error) && error.code === 'E_CONFLICT';
}

/** For what is a layer's, by the path of its folder. */
export function mendable(folder: string): string {
  return `vpa repair ${basename(folder)} mends what can be known again`;
}

/** For what is a generation's. */
export function mendableOr(directory: string): string {
  const layer = dirname(dirname(directory));
  return `${mendable(layer)}; otherwise go back to the generation before it: vpa layer undo ${basename(layer)}`;
}
