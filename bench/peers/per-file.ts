/**
 * For tools that compare two files: changed files are paired by path, renamed ones as the corpus says, added ones are
 * a tar of their own. Which patch is for which file is not counted, in favour of these tools.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Job } from '../trees/job.ts';
import type { Tool } from './tool.ts';

export interface FileStep {
  readonly old: string;
  readonly new: string;
  readonly patch: string;
}

/** `compress` and `decompress` are what added files are sent with. */
export function perFile(
  tool: Pick<Tool, 'id' | 'title' | 'programs' | 'version'>,
  create: (job: Job, step: FileStep) => Promise<void>,
  apply: (job: Job, step: FileStep) => Promise<void>,
): Tool {
  return {
    ...tool,
    programs: [...tool.programs, 'tar', 'xz'],
    create: async (job) => {
      for (const step of stepsOf(job, job.trees.v2)) await create(job, step);
      await packAdded(job);
    },
    apply: async (job) => {
      job.copy(job.trees.unchanged, job.trees.v1);
      for (const step of stepsOf(job, job.out)) {
        mkdirSync(dirname(step.new), { recursive: true });
        await apply(job, step);
      }
      await unpackAdded(job);
    },
  };
}

/** Old files of the old tree, new files of the tree that is given. */
function stepsOf({ trees, patch }: Job, tree: string): FileStep[] {
  return trees.changed.map(({ from, to }, index) => ({
    old: join(trees.v1, from),
    new: join(tree, to),
    patch: join(patch, String(index)),
  }));
}

async function packAdded(job: Job): Promise<void> {
  if (job.trees.added.length === 0) return;
  await packFiles(job, job.trees.added, join(job.patch, 'added.tar'));
}

async function unpackAdded(job: Job): Promise<void> {
  await unpackFiles(job, join(job.patch, 'added.tar'));
}

/** Files of the new tree as `TAR.xz`. */
export async function packFiles(job: Job, paths: readonly string[], tar: string): Promise<void> {
  const list = join(job.scratch, 'list');
  writeFileSync(list, paths.map((path) => `./${path}\n`).join(''));
  await job.around('tar', [
    '-cf',
    tar,
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '-C',
    job.trees.v2,
    '-T',
    list,
  ]);
  await job.run('xz', ['-9', tar]);
}

export async function unpackFiles(job: Job, tar: string): Promise<void> {
  if (!existsSync(`${tar}.xz`)) return;
  const plain = join(job.scratch, 'files.tar');
  await job.run('xz', ['-dc', `${tar}.xz`], { output: plain });
  mkdirSync(job.out, { recursive: true });
  await job.around('tar', ['-xf', plain, '-C', job.out]);
}
