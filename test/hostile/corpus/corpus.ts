/** All hostile archives. */
import { changes } from './changes.ts';
import { columns } from './columns.ts';
import { contents } from './contents.ts';
import { coverDeltas } from './covers.ts';
import { deltas } from './deltas.ts';
import { frames } from './frames.ts';
import type { Hostile } from './hostile.ts';
import { json } from './json.ts';
import { links } from './links.ts';
import { manifests } from './manifests.ts';
import { names } from './names.ts';
import { signatures } from './signatures.ts';
import { targets } from './targets.ts';
import { zips } from './zips.ts';

export const corpus: readonly Hostile[] = [
  ...names,
  ...links,
  ...zips,
  ...json,
  ...manifests,
  ...columns,
  ...changes,
  ...contents,
  ...frames,
  ...deltas,
  ...coverDeltas,
  ...signatures,
  ...targets,
];
