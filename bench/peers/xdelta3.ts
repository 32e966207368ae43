/** xdelta3 (VCDIFF) at its best: over tar, and file by file. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { perFile } from './per-file.ts';
import { packBoth, packOld, unpackNew } from './tar.ts';
import { type Tool, versionOf } from './tool.ts';

const version = versionOf('xdelta3', '-V');
const tool = { programs: ['xdelta3'], version };

/** The window over the old file has to be as large as the file; it wants at least 512 KiB. */
const settings = (old: string): string[] => {
  const window = Math.max(2 ** 19, Math.ceil(statSync(old).size / 2 ** 16) * 2 ** 16);
  return ['-f', '-9', '-S', 'lzma', '-B', String(window), '-W', String(2 ** 24), '-I', '0'];
};

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
      const window = settings(tars.old).slice(4, 6);
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
      job.run('xdelta3', [
        '-d',
        '-f',
        ...settings(step.old).slice(4, 6),
        '-s',
        step.old,
        step.patch,
        step.new,
      ]),
  ),
];
