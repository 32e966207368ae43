/** HDiffPatch on folders: the strongest of the peers that know nothing of programs. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Tool, versionOf } from './tool.ts';

const version = versionOf('hdiffz', '-v');

/** `-d`: it does not apply its own patch to test it; others do not either. */
const hdiff = (id: string, title: string, ...words: readonly string[]): Tool => ({
  id,
  title,
  programs: ['hdiffz', 'hpatchz'],
  version,
  create: async ({ trees, patch, run }) =>
    run('hdiffz', [
      ...words,
      `-p-${availableParallelism()}`,
      '-d',
      trees.v1,
      trees.v2,
      join(patch, 'tree.hdiff'),
    ]),
  apply: async ({ trees, patch, out, run }) => run('hpatchz', [trees.v1, join(patch, 'tree.hdiff'), out]),
});

export const hdiffz: readonly Tool[] = [
  hdiff('hdiffz', 'hdiffz -m-6 -SD -c-lzma2-9', '-m-6', '-SD', '-c-lzma2-9'),
  hdiff('hdiffz-block0', 'hdiffz -m-6 -block-0 -SD -c-lzma2-9', '-m-6', '-block-0', '-SD', '-c-lzma2-9'),
  hdiff('hdiffz-s64', 'hdiffz -s-64 -c-zstd-9', '-s-64', '-c-zstd-9'),
];
