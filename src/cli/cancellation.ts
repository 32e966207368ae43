/** Ctrl-C: the first one cancels and waits for the clean-up, the second one ends the process at once. */
import { cancelled, exitCodes } from '../errors.ts';

export interface Cancellation {
  readonly signal: AbortSignal;
  /** Says that everything has happened: a run that is cancelled now would wrongly say that nothing was changed. */
  tooLate(): void;
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

export function cancelOnSignals(): Cancellation {
  const controller = new AbortController();
  let asked = false;
  let late = false;
  const ask = (): void => {
    if (asked) process.exit(exitCodes.E_CANCELLED);
    asked = true;
    if (!late) controller.abort(cancelled());
  };
  for (const name of signals) process.on(name, ask);
  return {
    signal: controller.signal,
    tooLate: () => {
      late = true;
    },
    release: () => {
      for (const name of signals) process.off(name, ask);
    },
  };
}
