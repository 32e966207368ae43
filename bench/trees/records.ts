/** What is kept of a run: one line of JSON for each corpus and tool. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { median } from '../report.ts';
import type { Corpus } from './corpora.ts';
import type { Taken } from './job.ts';
import type { TreeSummary } from './tree.ts';

/** Wall and processor times in milliseconds, memory in bytes; null where nobody tells. */
export interface Figures {
  /** The median of the runs. */
  readonly wall: number;
  readonly walls: readonly number[];
  /** The median of the runs. */
  readonly cpu: number | null;
  /** The largest of the runs. */
  readonly memory: number | null;
  /** Wall time of what is counted apart: tar and untar, the copy that is patched, files that did not change. */
  readonly around: number;
}

export interface ToolRecord extends Pick<Corpus, 'set' | 'kind'> {
  readonly corpus: string;
  readonly tool: string;
  readonly title: string;
  readonly version: string;
  readonly date?: string | undefined;
  readonly machine: object;
  readonly tree: TreeSummary;
  /** Bytes of all files of the patch; null if there is none. */
  readonly patch: number | null;
  readonly create: Figures | null;
  readonly apply: Figures | null;
  readonly inPlace: Figures | null;
  /** Why there are no figures, or what is wrong with them. */
  readonly error: string | null;
}

/** What the machine needs for the least that could be done. */
export interface LimitsRecord {
  readonly corpus: string;
  readonly tool: 'limits';
  readonly machine: object;
  /** Each a wall time in milliseconds: `cp -r` of the new tree, reading both trees, SHA-256 of both. */
  readonly copy: number;
  readonly read: number;
  readonly digest: number;
  /** The physical work of what changed (limits.ts), and the start of a process of Node.js; older records have neither. */
  readonly changed?: number;
  readonly start?: number;
}

export type Line = ToolRecord | LimitsRecord;

export const machine = {
  node: process.version,
  platform: process.platform,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
};

export function figuresOf(runs: readonly Taken[]): Figures | null {
  if (runs.length === 0) return null;
  const all = (of: (run: Taken) => number | null): number[] => runs.map(of).filter((one) => one !== null);
  const [cpus_, peaks] = [all(({ cpu }) => cpu), all(({ peak }) => peak)];
  return {
    wall: Math.round(median(runs.map(({ ms }) => ms))),
    walls: runs.map(({ ms }) => Math.round(ms)),
    cpu: cpus_.length === runs.length ? Math.round(median(cpus_)) : null,
    memory: peaks.length === runs.length ? Math.max(...peaks) : null,
    around: Math.round(median(runs.map(({ around }) => around))),
  };
}

export function appendRecord(file: string, line: Line): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Of each corpus and tool the last line counts. */
export function readRecords(files: readonly string[]): Line[] {
  const lines = new Map<string, Line>();
  for (const file of files) {
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      if (text === '') continue;
      // Our own file, for people who know what they give us.
      const line = JSON.parse(text) as Line;
      lines.set(`${line.corpus}\n${line.tool}`, line);
    }
  }
  return [...lines.values()];
}

export const isTool = (line: Line): line is ToolRecord => line.tool !== 'limits';

export const isLimits = (line: Line): line is LimitsRecord => line.tool === 'limits';
