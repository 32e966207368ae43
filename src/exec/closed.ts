import { PatchError } from '../errors.ts';

/** What an executor rejects with after `close`. */
export function closed(): PatchError {
  return new PatchError('E_ENVIRONMENT', 'the executor is closed', {
    help: 'make a new one, or close it after the last job',
  });
}
