/** What the machine needs for the least that create and apply could do: read, digest and copy trees. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { measure } from '../measure.ts';
import { median } from '../report.ts';
import { type LimitsRecord, machine } from './records.ts';
import { type Trees, listFiles } from './tree.ts';

const times = 3;

export async function measureLimits(corpus: string, trees: Trees, folder: string): Promise<LimitsRecord> {
  const copies: number[] = [];
  const target = join(folder, 'copy');
  for (let time = 0; time < times; time++) {
    copies.push(await copyTree(trees.v2, target));
    rmSync(target, { recursive: true });
  }
  const both = (): string[] =>
    [trees.v1, trees.v2].flatMap((tree) => [...listFiles(tree).keys()].map((path) => join(tree, path)));
  const read = timed(() => both().forEach((path) => readFileSync(path)));
  const digest = timed(() =>
    both().forEach((path) => createHash('sha256').update(readFileSync(path)).digest()),
  );
  return { corpus, tool: 'limits', machine, copy: Math.round(median(copies)), read, digest };
}

/** `cp -r`, which Windows does not have. */
async function copyTree(from: string, to: string): Promise<number> {
  if (process.platform !== 'win32') return (await measure('cp', ['-r', from, to])).ms;
  const started = performance.now();
  await cp(from, to, { recursive: true });
  return performance.now() - started;
}

function timed(work: () => void): number {
  return Math.round(
    median(
      Array.from({ length: times }, () => {
        const started = performance.now();
        work();
        return performance.now() - started;
      }),
    ),
  );
}
