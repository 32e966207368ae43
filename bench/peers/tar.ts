/** Trees as one tar file, for tools that only know files. Making and unpacking it is counted apart. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '../trees/job.ts';

export interface Tars {
  readonly old: string;
  readonly new: string;
}

export const tarsOf = ({ scratch }: Job): Tars => ({
  old: join(scratch, 'old.tar'),
  new: join(scratch, 'new.tar'),
});

/** Both trees, sorted by name, so that what belongs together lies at like places. */
export async function packBoth(job: Job): Promise<Tars> {
  const tars = tarsOf(job);
  await pack(job, job.trees.v1, tars.old);
  await pack(job, job.trees.v2, tars.new);
  return tars;
}

/** The old tree only, as a user has to before a patch can be applied. */
export async function packOld(job: Job): Promise<Tars> {
  const tars = tarsOf(job);
  await pack(job, job.trees.v1, tars.old);
  return tars;
}

export async function unpackNew(job: Job): Promise<void> {
  mkdirSync(job.out, { recursive: true });
  await job.around('tar', ['-xf', tarsOf(job).new, '-C', job.out]);
}

async function pack(job: Job, tree: string, tar: string): Promise<void> {
  const equal = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await job.around('tar', ['-cf', tar, ...equal, '-C', tree, '.']);
}
