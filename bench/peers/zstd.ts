/** zstd with the old tree as its dictionary, over tar. */
import { join } from 'node:path';
import { packBoth, packOld, unpackNew } from './tar.ts';
import { type Tool, versionOf } from './tool.ts';

const version = versionOf('zstd', '--version');

const patchFrom = (id: string, title: string, level: readonly string[]): Tool => ({
  id,
  title,
  programs: ['zstd', 'tar'],
  version,
  create: async (job) => {
    const tars = await packBoth(job);
    const patch = join(job.patch, 'tree.zst');
    await job.run('zstd', ['-q', '-f', ...level, `--patch-from=${tars.old}`, tars.new, '-o', patch]);
  },
  apply: async (job) => {
    const tars = await packOld(job);
    const words = ['-q', '-f', '-d', '--long=31', '--memory=2048MB', `--patch-from=${tars.old}`];
    await job.run('zstd', [...words, join(job.patch, 'tree.zst'), '-o', tars.new]);
    await unpackNew(job);
  },
});

export const zstd: readonly Tool[] = [
  patchFrom('zstd-3', 'zstd -3 --patch-from over tar', ['-3', '--long=31']),
  patchFrom('zstd-19', 'zstd -19 --patch-from over tar', ['-19', '--ultra', '--long=31']),
  patchFrom('zstd-22', 'zstd -22 --patch-from over tar', ['-22', '--ultra', '--long=31']),
];
