/** rdiff (the algorithm of rsync) over tar. */
import { join } from 'node:path';
import { packBoth, packOld, unpackNew } from './tar.ts';
import { type Tool, versionOf } from './tool.ts';

export const rdiff: readonly Tool[] = [
  {
    id: 'rdiff',
    title: 'rdiff + xz -9 over tar',
    programs: ['rdiff', 'xz', 'tar'],
    version: versionOf('rdiff', '--version'),
    create: async (job) => {
      const tars = await packBoth(job);
      const signature = join(job.scratch, 'signature');
      const patch = join(job.patch, 'tree.rdiff');
      await job.run('rdiff', ['-f', 'signature', tars.old, signature]);
      await job.run('rdiff', ['-f', 'delta', signature, tars.new, patch]);
      await job.run('xz', ['-9', patch]);
    },
    apply: async (job) => {
      const tars = await packOld(job);
      const plain = join(job.scratch, 'tree.rdiff');
      await job.run('xz', ['-dc', join(job.patch, 'tree.rdiff.xz')], { output: plain });
      await job.run('rdiff', ['-f', 'patch', tars.old, plain, tars.new]);
      await unpackNew(job);
    },
  },
];
