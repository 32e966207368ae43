/** Figures that goals are about: ours over a peer's on each corpus, and what is said of them. */
import type { Goal } from '../report.ts';
import type { ToolRecord } from './records.ts';
import { bestPeer } from './tables.ts';

export interface Each {
  readonly corpus: string;
  readonly value: number;
}

export type PeerOf = (corpus: string) => ToolRecord | undefined;

export const bestPeerOf =
  (records: readonly ToolRecord[]): PeerOf =>
  (corpus) =>
    bestPeer(records, corpus);

export const smallestOf =
  (records: readonly ToolRecord[], tools: readonly string[]): PeerOf =>
  (corpus) =>
    bestPeer(
      records.filter(({ tool }) => tools.includes(tool)),
      corpus,
    );

/** A figure of ours over the same one of a peer, on each corpus of a kind that has both. */
export function ratios(
  records: readonly ToolRecord[],
  tool: string,
  kind: ToolRecord['kind'] | null,
  figure: (record: ToolRecord) => number | null,
  peerOf: PeerOf,
): Each[] {
  return records
    .filter((record) => record.tool === tool && (kind ?? record.kind) === record.kind)
    .flatMap((record) => {
      const peer = peerOf(record.corpus);
      const [ours, theirs] = [figure(record), peer === undefined ? null : figure(peer)];
      return ours === null || theirs === null
        ? []
        : [{ corpus: record.corpus, value: ours / Math.max(theirs, 1) }];
    });
}

export function values(
  records: readonly ToolRecord[],
  figure: (record: ToolRecord) => number | null,
  unit: number,
): Each[] {
  return records.flatMap((record) => {
    const value = figure(record);
    return value === null ? [] : [{ corpus: record.corpus, value: value / unit }];
  });
}

/** Holds where it holds for each; says the worst, or all that miss it. */
export function each(text: string, all: readonly Each[], holds: (value: number) => boolean): Goal[] {
  if (all.length === 0) return [];
  const sorted = all.toSorted((a, b) => b.value - a.value);
  const missed = sorted.filter(({ value }) => !holds(value));
  const told = (missed.length > 0 ? missed : sorted.slice(0, 1)).map(
    ({ corpus, value }) => `${corpus} ${value.toFixed(2)}`,
  );
  const count = `${all.length - missed.length} of ${all.length}`;
  return [
    {
      text: `${text}: ${count}, ${missed.length > 0 ? 'not' : 'worst'} ${told.join(', ')}`,
      holds: missed.length === 0,
    },
  ];
}

/** Holds where one number over all of them holds. */
export function one(
  text: string,
  all: readonly Each[],
  of: (values: readonly number[]) => number,
  holds: (value: number) => boolean,
): Goal[] {
  if (all.length === 0) return [];
  const value = of(all.map((single) => single.value));
  return [{ text: `${text}: ${value.toFixed(2)} over ${all.length}`, holds: holds(value) }];
}

export function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);
}
