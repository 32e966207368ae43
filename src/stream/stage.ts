/**
 * The one way to make a stage. A body is an async generator over vinyl files; through2 turns it into a stream, and
 * this file gives it a name, an abort signal, progress events, and an end that is never mistaken for success.
 */
import type { Duplex } from 'node:stream';
import { objectTransform } from 'through2';
import type Vinyl from 'vinyl';
import { PatchError, cancelled, isPatchError, throwIfCancelled } from '../errors.ts';
import type { Notice, Progress } from './progress.ts';

export interface StageContext {
  /** Aborts when the pipeline is cancelled or fails anywhere. */
  readonly signal: AbortSignal;
  /** Emits a 'progress' event. */
  readonly report: (progress: Omit<Progress, 'stage'>) => void;
  /** Emits a 'notice' event: something that a person should know and that is no error. */
  readonly notice: (notice: Omit<Notice, 'stage'>) => void;
}

/**
 * The contract of a body: it keeps the order of what it passes on, passes on files that it does not know, never
 * changes a file but yields a new one, and reads its input to the end. It may yield before, between and after.
 */
export type StageBody = (files: AsyncIterable<Vinyl>, context: StageContext) => AsyncIterable<Vinyl>;

export interface Stage extends Duplex {
  readonly stage: string;
  /** Fulfils when the body has ended, `finally` blocks included, however it ended. */
  readonly settled: Promise<void>;
}

/**
 * Files in flight on each side of a stage. Frames of several MiB pass here, so the number is small: memory is this
 * times the largest buffer times the number of stages.
 */
const filesInFlight = 4;

/**
 * Makes a stage. An error that the body throws rejects the pipeline, as a PatchError that carries the name. The body starts
 * when the stage is first read from, so that a stage that is never used does nothing.
 */
export function stage(name: string, body: StageBody): Stage {
  const controller = new AbortController();
  const started = createSignal();
  const settled = createSignal();
  let ended = false;
  const stream = objectTransform(
    { highWaterMark: filesInFlight },
    async function* (source: AsyncIterable<Vinyl>): AsyncGenerator<Vinyl, void, void> {
      try {
        await started.promise;
        throwIfCancelled(controller.signal);
        const input = guard(source, controller.signal);
        yield* body(input, context);
        if (!(await input.hasEnded())) {
          throw new PatchError('E_STAGE', 'the stage ended before its input did', {
            help: 'a stage reads all files that it is given and passes on those that it does not know',
          });
        }
        ended = true;
      } catch (error) {
        throw named(error, name);
      } finally {
        settled.fire();
      }
    },
  ) as unknown as Duplex; // readable-stream's class is Node's own in a package; its types differ in name only
  const context: StageContext = {
    signal: controller.signal,
    report: (progress) => void stream.emit('progress', { stage: name, ...progress } satisfies Progress),
    notice: (notice) => void stream.emit('notice', { stage: name, ...notice } satisfies Notice),
  };
  const read = stream._read.bind(stream);
  stream._read = (size) => {
    started.fire();
    read(size);
  };
  stream.once('close', () => {
    // Contents that were handed on may still be read under this signal; only a stage that was cut off aborts it.
    if (!ended) controller.abort(cancelled());
    started.fire();
  });
  return Object.assign(stream, { stage: name, settled: settled.promise });
}

function createSignal(): { readonly promise: Promise<void>; readonly fire: () => void } {
  let fire = (): void => undefined;
  const promise = new Promise<void>((resolve) => (fire = resolve));
  return { promise, fire };
}

/** Makes a stage that begins a pipeline: it takes no files. */
export function source(name: string, body: (context: StageContext) => AsyncIterable<Vinyl>): Stage {
  const stream = stage(name, (_files, context) => body(context));
  stream.end();
  return stream;
}

/** Lets a stage end a pipeline: when nobody takes what leaves it, that is dropped. Without this, it would wait for ever. */
export function ending(stream: Stage): Stage {
  stream.once('pipe', () => {
    // Whoever takes the files says so in the same turn as whoever gives them.
    setImmediate(() => {
      if (stream.readableFlowing === null && stream.listenerCount('readable') === 0) stream.resume();
    });
  });
  return stream;
}

interface GuardedInput extends AsyncIterable<Vinyl> {
  hasEnded(): Promise<boolean>;
}

/**
 * through2 ends its source the same way when the input has ended and when the stream was destroyed; a body must never
 * take the second for the first (`deploy` would commit half a patch), so that one throws here.
 */
function guard(files: AsyncIterable<Vinyl>, signal: AbortSignal): GuardedInput {
  const iterator = files[Symbol.asyncIterator]();
  let ended = false;
  const next = async (): Promise<IteratorResult<Vinyl>> => {
    if (ended) return { done: true, value: undefined };
    const result = await iterator.next();
    if (signal.aborted) throw signal.reason;
    if (result.done === true) ended = true;
    return result;
  };
  return {
    [Symbol.asyncIterator]: () => ({ next }),
    hasEnded: async () => (await next()).done === true,
  };
}

/** Gives an error its stage, once: the first stage that sees it is the one where it happened. */
function named(error: unknown, name: string): Error {
  const reason = isPatchError(error)
    ? error
    : new PatchError('E_STAGE', error instanceof Error ? error.message : String(error), {
        cause: error,
        help: 'this is a defect of the stage, not of its input; please report it',
      });
  reason.stage ??= name;
  return reason;
}

/** The chain with `extra` stages before the stage `name`. E_STAGE where there is no stage of that name. */
export function before(name: string, chain: readonly Stage[], ...extra: Stage[]): Stage[] {
  const at = find(name, chain);
  return [...chain.slice(0, at), ...extra, ...chain.slice(at)];
}

/** The chain with `extra` stages behind the (last) stage `name`. E_STAGE where there is no stage of that name. */
export function after(name: string, chain: readonly Stage[], ...extra: Stage[]): Stage[] {
  const at = find(name, chain) + 1;
  return [...chain.slice(0, at), ...extra, ...chain.slice(at)];
}

function find(name: string, chain: readonly Stage[]): number {
  const at = chain.findLastIndex((one) => one.stage === name);
  if (at >= 0) return at;
  const names = chain.map((one) => one.stage).join(', ');
  throw new PatchError('E_STAGE', `there is no stage '${name}' in this chain`, {
    help: `its stages are: ${names}`,
  });
}
