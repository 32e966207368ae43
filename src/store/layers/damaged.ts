/** What a store has that is not as we have left it. */
import { PatchError } from '../../errors.ts';

export function damaged(path: string, what: string, cause?: unknown): PatchError {
  return new PatchError('E_CONFLICT', `${path}: ${what}`, {
    entry: path,
    help: 'somebody has changed the store from outside; delete the layer, or bring it in again',
    ...(cause !== undefined && { cause }),
  });
}
