/** The executor that needs nothing: kernels run in this thread, one after the other. */
import { throwIfCancelled } from '../errors.ts';
import { callKernel } from './call-kernel.ts';
import { closed } from './closed.ts';
import { type Executor, type Kernel } from './executor.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Runs each kernel by importing its module here. A synchronous kernel blocks the thread, so an abort is noticed
 * after it. `transfer` is not needed and has no effect.
 */
export function inline(): Executor {
  let open = true;
  return {
    concurrency: 1,
    run: async <Job, Result>(
      kernel: Kernel<Job, Result>,
      job: Job,
      { signal }: { readonly signal: AbortSignal },
    ) => {
      if (!open) throw closed();
      throwIfCancelled(signal);
      const result = await untilAborted(callKernel(kernel.module, kernel.name, job), signal);
      return result as Result; // checked by nobody at run time: Kernel binds the name to its types
    },
    close: async () => {
      open = false;
    },
  };
}
