/** What the machine needs for the least that create and apply could do: read, digest and copy trees, write what changed. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
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
  const changed = workOfChanges(trees, join(folder, 'changed'));
  const starts: number[] = [];
  for (let time = 0; time < times; time++) starts.push((await measure(process.execPath, ['-e', '0'])).ms);
  const [copy, start] = [median(copies), median(starts)].map(Math.round) as [number, number];
  return { corpus, tool: 'limits', machine, copy, read, digest, changed, start };
}

/**
 * The physical work of the changes: read and digest the old bytes of changed files (whoever takes from them or verifies them does), read as many
 * bytes as are new, and write and flush the new ones.
 */
function workOfChanges({ v1, v2, changed, added }: Trees, folder: string): number {
  const old = changed.map(({ from }) => join(v1, from));
  const fresh = [...changed.map(({ to }) => to), ...added].map((path) => join(v2, path));
  return timed(() => {
    mkdirSync(folder, { recursive: true });
    for (const path of old) createHash('sha256').update(readFileSync(path)).digest();
    fresh.forEach((path, number) => {
      const file = openSync(join(folder, String(number)), 'w', statSync(path).mode);
      const data = readFileSync(path);
      for (let done = 0; done < data.length;) done += writeSync(file, data, done);
      fsyncSync(file);
      closeSync(file);
    });
    rmSync(folder, { recursive: true });
  });
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
