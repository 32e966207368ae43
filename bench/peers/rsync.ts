/** rsync, writing what it would send to a file. */
import { join } from 'node:path';
import { type Tool, versionOf } from './tool.ts';

/** Contents decide: files out of an archive of npm all have one time. */
const words = ['-r', '--checksum', '--delete', '--no-whole-file'];

export const rsync: readonly Tool[] = [
  {
    id: 'rsync',
    title: 'rsync --only-write-batch + zstd -19',
    programs: ['rsync', 'zstd', 'cp'],
    version: versionOf('rsync', '--version'),
    create: async ({ trees, patch, scratch, run }) => {
      const plain = join(scratch, 'batch');
      await run('rsync', [...words, `--only-write-batch=${plain}`, `${trees.v2}/`, `${trees.v1}/`]);
      await run('zstd', ['-q', '-f', '-19', plain, '-o', join(patch, 'batch.zst')]);
    },
    apply: async ({ trees, patch, scratch, out, run, around }) => {
      const plain = join(scratch, 'batch');
      await run('zstd', ['-q', '-f', '-d', join(patch, 'batch.zst'), '-o', plain]);
      await around('cp', ['-r', trees.v1, out]);
      await run('rsync', [...words, `--read-batch=${plain}`, `${out}/`]);
    },
  },
];
