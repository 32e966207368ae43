/** A program, or a chain of programs, that makes patches of trees and applies them. One file of this folder for each. */
import { spawnSync } from 'node:child_process';
import type { Job } from '../trees/job.ts';

export interface Tool {
  readonly id: string;
  readonly title: string;
  /** All of them have to be on the machine. */
  readonly programs: readonly string[];
  readonly version: string;
  /** Writes files to `job.patch`. */
  readonly create: (job: Job) => Promise<void>;
  /** Makes the new tree in `job.out`, which is not there, from `job.trees.v1` and `job.patch`. */
  readonly apply: (job: Job) => Promise<void>;
  /** Makes the new tree of the old one in `job.out`. */
  readonly applyInPlace?: (job: Job) => Promise<void>;
}

/** What a program says when it is asked for its version: the first thing that looks like one. */
export function versionOf(program: string, ...words: string[]): string {
  const { stdout, stderr, error } = spawnSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) return 'not there';
  const said = `${stdout}\n${stderr}`;
  return (/\d+(\.\d+)+/.exec(said) ?? /\d+/.exec(said))?.[0] ?? 'unknown';
}

export function isThere(program: string): boolean {
  // Whatever it answers: it could be started.
  return spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 5000 }).error === undefined;
}
