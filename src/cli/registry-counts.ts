/** How many keys and values the registry deltas of a patch add, remove and change. */
import type { DeltaCount } from '../registry/delta/delta.ts';
import { formatCount } from './units.ts';

export const noCounts: DeltaCount = {
  keys: { added: 0, removed: 0, changed: 0 },
  values: { added: 0, removed: 0, changed: 0 },
};

export function addCounts(a: DeltaCount, b: DeltaCount): DeltaCount {
  const sum = (x: DeltaCount['keys'], y: DeltaCount['keys']): DeltaCount['keys'] => ({
    added: x.added + y.added,
    removed: x.removed + y.removed,
    changed: x.changed + y.changed,
  });
  return { keys: sum(a.keys, b.keys), values: sum(a.values, b.values) };
}

/** `keys: 1 added, 2 removed; values: 3 changed`; empty where there is nothing. */
export function describeCounts({ keys, values }: DeltaCount): string {
  const part = (what: string, counts: DeltaCount['keys']): string => {
    const words = Object.entries(counts).flatMap(([word, count]: [string, number]) =>
      count === 0 ? [] : [`${formatCount(count)} ${word}`],
    );
    return words.length === 0 ? '' : `${what} ${words.join(', ')}`;
  };
  return [part('keys', keys), part('values', values)].filter((text) => text !== '').join('; ');
}
