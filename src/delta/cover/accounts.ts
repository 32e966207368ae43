/** What a delta of cover/1 spends on each part of its target, as far as covers and headers tell. */
import type { Bytes } from '../../bytes.ts';
import type { CodecContext } from '../codec.ts';
import { blocksOf, coversOf } from './blocks.ts';
import { recordsOf } from './records.ts';

export interface Account {
  /** About how many bytes of the delta. */
  readonly cost: number;
  /** How many bytes of the part come from the reference, small differences in them included. */
  readonly old: number;
  /** How many are nowhere else, and about how many bytes of the delta these take. */
  readonly fresh: number;
  readonly freshCost: number;
}

/**
 * One account for each part of the target, whose sizes are given in order. The streams of a block are shared out: literals by the literal
 * bytes of each part, differences by its bytes of the reference, covers by their number. E_FORMAT.
 */
export async function accountsOf(
  reference: number,
  delta: Bytes,
  sizes: readonly number[],
  context: CodecContext,
): Promise<Account[]> {
  const accounts = sizes.map(() => ({ cost: 0, old: 0, fresh: 0, freshCost: 0 }));
  const ends: number[] = [];
  let total = 0;
  for (const size of sizes) ends.push((total += size));
  let made = 0;
  for await (const block of blocksOf(delta, total, context)) {
    const { plan } = block;
    const [covers, differences, literals] = plan.streams;
    const records = recordsOf(await coversOf(delta, block, reference, context));
    const shares = sharesOf(records, ends, made, plan.size, reference);
    const sum = { old: 0, fresh: 0, covers: 0 };
    for (const { old, fresh, count } of shares.values()) {
      sum.old += old;
      sum.fresh += fresh;
      sum.covers += count;
    }
    for (const [part, { old, fresh, count }] of shares) {
      const account = accounts[part];
      if (!account) continue;
      const freshCost = portion(literals.stored, fresh, sum.fresh);
      account.cost +=
        freshCost + portion(differences.stored, old, sum.old) + portion(covers.stored, count, sum.covers);
      account.old += old;
      account.fresh += fresh;
      account.freshCost += freshCost;
    }
    made += plan.size;
  }
  return accounts;
}

interface Share {
  old: number;
  fresh: number;
  count: number;
}

/** What of a block is whose: `ends` are the ends of the parts in the target, `made` is where the block begins. */
function sharesOf(
  records: ReturnType<typeof recordsOf>,
  ends: readonly number[],
  made: number,
  size: number,
  reference: number,
): Map<number, Share> {
  const shares = new Map<number, Share>();
  let part = ends.findIndex((end) => end > made);
  const share = (from: number, to: number, add: (share: Share, bytes: number) => void): void => {
    for (let at = made + from; at < made + to;) {
      while ((ends[part] ?? Infinity) <= at) part++;
      const end = Math.min(made + to, ends[part] ?? Infinity);
      const known = shares.get(part) ?? { old: 0, fresh: 0, count: 0 };
      add(known, end - at);
      shares.set(part, known);
      at = end;
    }
  };
  const literal = (one: Share, bytes: number): void => void (one.fresh += bytes);
  let at = 0;
  for (let i = 0; i < records.count; i++) {
    const place = records.place(i);
    const isOld = records.source(i) < reference;
    share(at, place, literal);
    let first = true;
    share(place, place + records.length(i), (one, bytes) => {
      if (isOld) one.old += bytes;
      if (first) one.count++;
      first = false;
    });
    at = place + records.length(i);
  }
  share(at, size, literal);
  return shares;
}

function portion(whole: number, part: number, of: number): number {
  return of === 0 ? 0 : (whole * part) / of;
}
