/** xdelta3 (VCDIFF) at its best: over tar, and file by file. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { perFile } from './per-file.ts';
import { packBoth, packOld, unpackNew } from './tar.ts';
import { type Tool, versionOf } from './tool.ts';

const version = versionOf('xdelta3', '-V');
const tool = { programs: ['xdelta3'], version };

/** The window over the old file has to hold all of it, and a larger one finds more; windows of the new file are 16 MiB. */
const windowOf = (old: string): string[] => {
  const size = Math.max(2 ** 26, Math.ceil(statSync(old).size / 2 ** 20) * 2 ** 20);
  return ['-B', String(size), '-W', String(2 ** 24)];
};
const settings = (old: string): string[] => ['-f', '-9', '-S', 'lzma', '-I', '0', ...windowOf(old)];

export const xdelta3: readonly Tool[] = [
  {
    ...tool,
    id: 'xdelta3',
    title: 'xdelta3 -9 -S lzma over tar',
    programs: ['xdelta3', 'tar'],
    create: async (job) => {
      const tars = await packBoth(job);
      const patch = join(job.patch, 'tree.vcdiff');
      await job.run('xdelta3', ['-e', ...settings(tars.old), '-s', tars.old, tars.new, patch]);
    },
    apply: async (job) => {
      const tars = await packOld(job);
      const window = windowOf(tars.old);
      const patch = join(job.patch, 'tree.vcdiff');
      await job.run('xdelta3', ['-d', '-f', ...window, '-s', tars.old, patch, tars.new]);
      await unpackNew(job);
    },
  },
  perFile(
    { ...tool, id: 'xdelta3-files', title: 'xdelta3 -9 -S lzma per file' },
    async (job, step) =>
      job.run('xdelta3', ['-e', ...settings(step.old), '-s', step.old, step.new, step.patch]),
    async (job, step) =>
      job.run('xdelta3', ['-d', '-f', ...windowOf(step.old), '-s', step.old, step.patch, step.new]),
  ),
];
