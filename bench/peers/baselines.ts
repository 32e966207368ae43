/** No comparison at all: the whole tree, and whole files that changed. */
import { join } from 'node:path';
import { packFiles, unpackFiles } from './per-file.ts';
import { packBoth, tarsOf, unpackNew } from './tar.ts';
import { type Tool, versionOf } from './tool.ts';

export const baselines: readonly Tool[] = [
  {
    id: 'full-zstd',
    title: 'the whole tree, zstd -19',
    programs: ['zstd', 'tar'],
    version: versionOf('zstd', '--version'),
    create: async (job) => {
      const tars = await packBoth(job);
      await job.run('zstd', ['-q', '-f', '-19', tars.new, '-o', join(job.patch, 'tree.zst')]);
    },
    apply: async (job) => {
      await job.run('zstd', ['-q', '-f', '-d', join(job.patch, 'tree.zst'), '-o', tarsOf(job).new]);
      await unpackNew(job);
    },
  },
  {
    id: 'changed-xz',
    title: 'changed files, xz -9',
    programs: ['xz', 'tar'],
    version: versionOf('xz', '--version'),
    create: async (job) => {
      const paths = [...job.trees.changed.map(({ to }) => to), ...job.trees.added].sort();
      await packFiles(job, paths, join(job.patch, 'changed.tar'));
    },
    apply: async (job) => {
      job.copy(job.trees.unchanged, job.trees.v1);
      await unpackFiles(job, join(job.patch, 'changed.tar'));
    },
  },
];
