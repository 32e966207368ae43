import { setMaxListeners } from 'node:events';
import { cancelled, isPatchError } from '../errors.ts';

/** Settles as `work` does, or rejects with E_CANCELLED as soon as the signal is aborted. `work` itself runs on. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  setMaxListeners(0, signal); // many jobs share one signal; that is no leak
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(isPatchError(signal.reason) ? signal.reason : cancelled(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
