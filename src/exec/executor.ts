/** The port for running heavy, pure functions: in this thread, or on worker threads. */

/**
 * A pure function of a module, by address, so that a worker can load it: `module` is the URL of the module
 * (`import.meta.url`), `name` the export. Job and result are structured-cloneable. A kernel gives its result away: it keeps no view of it.
 */
export interface Kernel<Job, Result> {
  readonly module: string;
  readonly name: string;
  /** Never read; binds the types. */
  readonly types?: (job: Job) => Result | Promise<Result>;
}

/**
 * The contract: a result depends on the job alone, never on the executor. `run` rejects with the kernel's own
 * PatchError (code and message survive the thread), with E_CANCELLED after an abort, and with E_ENVIRONMENT when a
 * worker died. A worker that died is replaced. `close` ends all workers; afterwards `run` rejects.
 */
export interface Executor {
  /** How many jobs are worth having in flight. */
  readonly concurrency: number;
  /** `transfer` lists buffers of the job that the caller gives away. */
  run<Job, Result>(
    kernel: Kernel<Job, Result>,
    job: Job,
    options: { readonly signal: AbortSignal; readonly transfer?: readonly ArrayBuffer[] },
  ): Promise<Result>;
  close(): Promise<void>;
}
