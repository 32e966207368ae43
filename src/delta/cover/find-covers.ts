/** Which covers of a block are tried. */
import { type Profile, profile } from './block-format.ts';
import { type Level, type LevelName, levelOf } from './levels.ts';
import { longestTail, mostCovers } from './limits.ts';
import { type Window, matchBlock } from './match-block.ts';
import { recordSize } from './records.ts';

export interface BlockJob {
  readonly target: Uint8Array;
  readonly window: Window;
  readonly profile: Profile;
  readonly level: LevelName;
}

/** Covers (records.ts), one set after the other, found as they are asked for. */
export function* coverings(job: BlockJob): Generator<Uint8Array> {
  const level = levelOf(job.level);
  for (const literal of literalCosts(job, level)) {
    const found = matchBlock(job.target, job.window, job.profile, level, literal);
    yield found.length <= mostCovers * recordSize ? found : new Uint8Array();
  }
}

/** Whether there are several sets, of which only their sizes tell which one is best. */
export function areSeveral(job: BlockJob): boolean {
  return literalCosts(job, levelOf(job.level)).length > 1;
}

/** What literals of text may cost, in eighths of bits: few of them are new, or many. The best guess comes first. */
function literalCosts({ target, profile: kind }: BlockJob, { modelled, trials }: Level): readonly number[] {
  if (kind !== profile.text) return [0];
  if (!modelled) return [16];
  return target.length <= trials * 8 ? [4, 8, 12] : [4];
}

/** A window that is not the whole reference does not have what stands behind its runs; only text has contexts of it. */
export function tailOf({ bytes, ranges, reference }: Window, kind: Profile): number {
  const whole = ranges.length === 1 && bytes.length === reference;
  return kind === profile.text && whole ? longestTail : 0;
}
