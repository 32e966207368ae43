/** Zucchini of Chromium, which knows references in programs, file by file; its patches are made for another compressor. */
import { join } from 'node:path';
import { perFile } from './per-file.ts';
import { versionOf } from './tool.ts';

export const zucchini = [
  perFile(
    {
      id: 'zucchini',
      title: 'zucchini + xz -9e per file',
      programs: ['zucchini', 'xz'],
      version: versionOf('zucchini'),
    },
    async (job, step) => {
      const plain = join(job.scratch, 'plain');
      await job.run('zucchini', ['gen', step.old, step.new, plain]);
      await job.run('xz', ['-9e', '-c', plain], { output: step.patch });
    },
    async (job, step) => {
      const plain = join(job.scratch, 'plain');
      await job.run('xz', ['-dc'], { input: step.patch, output: plain });
      await job.run('zucchini', ['apply', step.old, plain, step.new]);
    },
  ),
];
