/** Looks at the registry deltas that pass, for a report. */
import { hiveRootOf } from '../layer/hive-names.ts';
import { decodeDelta } from '../registry/delta/decode-delta.ts';
import { type DeltaCount, countDelta } from '../registry/delta/delta.ts';
import { formatDelta } from '../registry/delta/format-delta.ts';
import { contentsOf, isChange } from '../stream/file.ts';
import { type Stage, stage } from '../stream/stage.ts';
import { addCounts, noCounts } from './registry-counts.ts';

export interface SeenHives {
  /** Stands behind `diff-registry`. A hive that goes has no delta. */
  readonly stage: Stage;
  readonly counts: () => DeltaCount;
  /** Hive → its differences in .reg syntax, as far as that goes. */
  readonly texts: Readonly<Record<string, string>>;
}

export function seeHives(): SeenHives {
  const texts: Record<string, string> = {};
  let counts = noCounts;
  return {
    texts,
    counts: () => counts,
    stage: stage('see-hives', async function* (files) {
      for await (const file of files) {
        const root = isChange(file) ? hiveRootOf(file.change.name) : null;
        if (isChange(file) && root !== null && file.change.kind !== 'remove') {
          const delta = decodeDelta(await contentsOf(file));
          texts[root] = formatDelta(delta, root);
          counts = addCounts(counts, countDelta(delta));
        }
        yield file;
      }
    }),
  };
}
