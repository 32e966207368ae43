/** What a benchmark says: a table, the goals and whether they hold, and a line of JSON for comparisons later. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Goal {
  readonly text: string;
  readonly holds: boolean;
}

/** Prints columns of equal width; the first row is the head. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  '));
  }
}

/** Prints the goals; a goal that does not hold makes the process end with status 1. */
export function printGoals(goals: readonly Goal[]): void {
  for (const { text, holds } of goals) console.log(`${holds ? 'holds ' : 'MISSED'}  ${text}`);
  if (goals.some(({ holds }) => !holds)) process.exitCode = 1;
}

/** Adds a line to `bench/out/results.ndjson`. The date is the caller's, since a benchmark asks no clock for one. */
export function record(benchmark: string, date: string | undefined, result: object): void {
  const path = fileURLToPath(new URL('./out/results.ndjson', import.meta.url));
  mkdirSync(dirname(path), { recursive: true });
  const machine = { node: process.version, platform: process.platform, cores: availableParallelism() };
  appendFileSync(path, `${JSON.stringify({ benchmark, date, ...machine, ...result })}\n`);
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function mebibytes(bytes: number | null): string {
  return bytes === null ? 'unknown' : `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 2 : 0)} MiB`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
