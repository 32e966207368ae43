/** What a tool gets to work with: the trees, folders, and a way to start programs that counts what they take. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type MeasureOptions, type Measured, measure } from '../measure.ts';
import type { Trees } from './tree.ts';

type RunProgram = (program: string, words: readonly string[], options?: MeasureOptions) => Promise<void>;

export interface Job {
  readonly trees: Trees;
  /** Where the files of a patch go: whatever is in there would be sent. Their names are not counted. */
  readonly patch: string;
  /** Where the new tree goes. */
  readonly out: string;
  /** For all else; it is kept from `create` to `apply`. */
  readonly scratch: string;
  /** Runs a program as a part of the tool's own work. */
  readonly run: RunProgram;
  /** Runs a program that the tool needs around its own work, such as tar: counted apart. */
  readonly around: RunProgram;
  /** The same for work of our own: copying files that did not change, for tools that know nothing of trees. */
  readonly copy: (paths: readonly string[], from: string) => void;
}

/** What the programs of a tool took together: their times add up, of their memory the largest counts. */
export interface Taken extends Measured {
  /** Wall time in milliseconds of what is counted apart. */
  readonly around: number;
}

export const nothing: Taken = { ms: 0, cpu: 0, peak: 0, around: 0 };

/** Does `work` with a job, and says what it took. */
export async function measureJob(
  folders: Pick<Job, 'trees' | 'patch' | 'out' | 'scratch'>,
  limit: number,
  work: (job: Job) => Promise<void>,
): Promise<Taken> {
  let taken = nothing;
  const until = performance.now() + limit;
  const start = async (
    program: string,
    words: readonly string[],
    options: MeasureOptions = {},
  ): Promise<Measured> =>
    measure(program, words, {
      cwd: folders.scratch,
      limit: Math.max(1, Math.round(until - performance.now())),
      ...options,
    });
  await work({
    ...folders,
    run: async (program, words, options) => {
      const { ms, cpu, peak } = await start(program, words, options);
      taken = {
        ...taken,
        ms: taken.ms + ms,
        cpu: cpu === null || taken.cpu === null ? null : taken.cpu + cpu,
        peak: peak === null || taken.peak === null ? null : Math.max(taken.peak, peak),
      };
    },
    around: async (program, words, options) => {
      const { ms } = await start(program, words, options);
      taken = { ...taken, around: taken.around + ms };
    },
    copy: (paths, from) => {
      const started = performance.now();
      for (const path of paths) placeFile(join(from, path), join(folders.out, path));
      taken = { ...taken, around: taken.around + performance.now() - started };
    },
  });
  return taken;
}

export function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

function placeFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
