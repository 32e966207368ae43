/** The executor on worker threads (piscina). */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { PatchError, isPatchError, throwIfCancelled } from '../errors.ts';
import { closed } from './closed.ts';
import { type Executor, type Kernel } from './executor.ts';
import { gate } from './gate.ts';
import { type Reply, type Request, unwrap } from './reply.ts';
import { untilAborted } from './until-aborted.ts';

export interface ThreadsOptions {
  /** How many workers at most; the number of cores by default. */
  readonly concurrency?: number;
}

/** How long a worker without a job is kept, in milliseconds; it does not keep the process alive meanwhile. */
const idleTimeout = 5000;

const fromSources = import.meta.url.endsWith('.ts');
const entry = fileURLToPath(new URL(fromSources ? './worker-dev.mjs' : './worker.js', import.meta.url));

/** Workers start with the first jobs. E_USAGE for a concurrency that is not a positive integer. */
export function threads(options: ThreadsOptions = {}): Executor {
  const concurrency = options.concurrency ?? availableParallelism();
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new PatchError('E_USAGE', `concurrency must be a positive integer, not ${concurrency}`);
  }
  // Piscina never gets more jobs than workers: when it removes a worker (abort, death) it starts no other for the
  // jobs in its own queue, and they would wait for ever.
  const room = gate(concurrency);
  let pool: Piscina | undefined;
  let open = true;
  let fault: unknown; // why the last pool was given up

  const start = (): Piscina => {
    const made = new Piscina({
      filename: entry,
      name: 'answer',
      minThreads: 0,
      maxThreads: concurrency,
      idleTimeout,
      recordTiming: false,
      execArgv: [], // what the process was started with need not suit a worker (--input-type does not)
    });
    // A worker died without a job, perhaps while it started for one that would now wait for ever: start afresh.
    made.on('error', (error) => {
      fault = error;
      if (pool === made) pool = undefined;
      void made.destroy();
    });
    return made;
  };

  const submit = async (
    request: Request,
    signal: AbortSignal,
    transferList: ArrayBuffer[],
  ): Promise<Reply> => {
    await room.enter();
    try {
      if (!open) throw closed();
      throwIfCancelled(signal);
      if (pool === undefined) {
        fault = undefined;
        pool = start();
      }
      const reply: unknown = await pool.run(request, { signal, transferList });
      return reply as Reply; // our own worker speaks nothing else
    } catch (error) {
      throw isPatchError(error) || isCloneError(error) ? error : dead(fault ?? error);
    } finally {
      room.leave();
    }
  };

  return {
    concurrency,
    run: async <Job, Result>(
      { module, name }: Kernel<Job, Result>,
      job: Job,
      options: { readonly signal: AbortSignal; readonly transfer?: readonly ArrayBuffer[] },
    ) => {
      if (!open) throw closed();
      const { signal, transfer = [] } = options;
      throwIfCancelled(signal);
      const reply = await untilAborted(submit({ module, name, job }, signal, [...transfer]), signal);
      return unwrap(reply) as Result; // Kernel binds the name to its types
    },
    close: async () => {
      open = false;
      await pool?.destroy();
      pool = undefined;
    },
  };
}

/** A job that cannot be sent is a mistake of the caller, not of the environment. */
function isCloneError(error: unknown): boolean {
  return error instanceof Error && error.name === 'DataCloneError';
}

function dead(cause: unknown): PatchError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PatchError('E_ENVIRONMENT', `a worker thread died: ${reason}`, {
    cause,
    help: 'run it again; if it ran out of memory, use fewer threads',
  });
}
