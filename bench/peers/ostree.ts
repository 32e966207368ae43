/** Static deltas of ostree: bsdiff and rollsums between the objects of two commits, in xz. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../trees/job.ts';
import { type Tool, versionOf } from './tool.ts';

const repositoryOf = ({ scratch }: Job, side: 'server' | 'client'): string => `--repo=${join(scratch, side)}`;
const metadata = [
  '--owner-uid=0',
  '--owner-gid=0',
  '--no-xattrs',
  '--canonical-permissions',
  '--timestamp=@0',
];

export const ostree: readonly Tool[] = [
  {
    id: 'ostree',
    title: 'ostree static-delta',
    programs: ['ostree', 'cp'],
    version: versionOf('ostree', '--version'),
    // The commits are there before anybody asks for a delta.
    create: async (job) => {
      const repository = repositoryOf(job, 'server');
      await job.around('ostree', [repository, 'init', '--mode=bare-user-only']);
      await commit(job, repository, 'v1');
      await commit(job, repository, 'v2');
      // By default, files above a size are left out of the search.
      const settings = ['--inline', '--max-bsdiff-size=1000', `--filename=${join(job.patch, 'delta')}`];
      await job.run('ostree', [
        repository,
        ...['static-delta', 'generate', '--from=v1', '--to=v2', ...settings],
      ]);
      await job.around('ostree', [repository, 'rev-parse', 'v2'], { output: join(job.scratch, 'commit') });
    },
    apply: async (job) => {
      const repository = repositoryOf(job, 'client');
      await job.around('ostree', [repository, 'init', '--mode=bare-user-only']);
      await commit(job, repository, 'v1');
      await job.run('ostree', [repository, 'static-delta', 'apply-offline', join(job.patch, 'delta')]);
      const id = readFileSync(join(job.scratch, 'commit'), 'utf8').trim();
      await job.run('ostree', [repository, 'checkout', '--user-mode', '--force-copy', id, job.out]);
    },
  },
];

async function commit(job: Job, repository: string, version: 'v1' | 'v2'): Promise<void> {
  const tree = `--tree=dir=${job.trees[version]}`;
  await job.around('ostree', [repository, 'commit', '-b', version, '-s', version, ...metadata, tree]);
}
