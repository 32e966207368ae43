/** bsdiff file by file: the old measure of all things. */
import { perFile } from './per-file.ts';

export const bsdiff = [
  perFile(
    { id: 'bsdiff', title: 'bsdiff per file', programs: ['bsdiff', 'bspatch'], version: '4.3' },
    async (job, step) => job.run('bsdiff', [step.old, step.new, step.patch]),
    async (job, step) => job.run('bspatch', [step.old, step.new, step.patch]),
  ),
];
