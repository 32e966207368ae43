/** casync: content-defined chunks. A patch is the new chunks and the index. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { listFiles } from '../trees/tree.ts';
import { type Tool, versionOf } from './tool.ts';

/** What npm sets and nobody compares here is left out: owners, times, flags. */
const settings = ['--without=all', '--chunk-size=16384'];

export const casync: readonly Tool[] = [
  {
    id: 'casync',
    title: 'casync, chunks of 16 KiB',
    programs: ['casync', 'xz'],
    version: versionOf('casync', '--version'),
    create: async ({ trees, patch, scratch, run, around }) => {
      const [old, now] = [join(scratch, 'old'), join(scratch, 'new')];
      await around('casync', ['make', ...settings, `--store=${old}.castr`, `${old}.caidx`, trees.v1]);
      await run('casync', ['make', ...settings, `--store=${now}.castr`, `${now}.caidx`, trees.v2]);
      const there = listFiles(`${old}.castr`);
      for (const chunk of listFiles(`${now}.castr`).keys()) {
        if (there.has(chunk)) continue;
        const to = join(patch, 'chunks.castr', basename(dirname(chunk)), basename(chunk));
        mkdirSync(dirname(to), { recursive: true });
        copyFileSync(join(`${now}.castr`, chunk), to);
      }
      await run('xz', ['-9', '-c', `${now}.caidx`], { output: join(patch, 'index.xz') });
    },
    apply: async ({ trees, patch, scratch, out, run }) => {
      const index = join(scratch, 'patch.caidx');
      const chunks = join(patch, 'chunks.castr');
      mkdirSync(chunks, { recursive: true });
      await run('xz', ['-dc', join(patch, 'index.xz')], { output: index });
      await run('casync', [
        'extract',
        '--without=all',
        `--store=${chunks}`,
        `--seed=${trees.v1}`,
        index,
        out,
      ]);
    },
  },
];
