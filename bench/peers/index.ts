/** All peers, and our own command at each of its levels. */
import { baselines } from './baselines.ts';
import { bsdiff } from './bsdiff.ts';
import { casync } from './casync.ts';
import { hdiffz } from './hdiffz.ts';
import { ostree } from './ostree.ts';
import { rdiff } from './rdiff.ts';
import { rsync } from './rsync.ts';
import type { Tool } from './tool.ts';
import { xdelta3 } from './xdelta3.ts';
import { zstd } from './zstd.ts';
import { zucchini } from './zucchini.ts';

export const peers: readonly Tool[] = [
  ...baselines,
  ...casync,
  ...rsync,
  ...rdiff,
  ...xdelta3,
  ...zstd,
  ...bsdiff,
  ...ostree,
  ...hdiffz,
  ...zucchini,
];
