/** The goals of patch size, time and memory, held against records. */
import { type Goal, median } from '../report.ts';
import { allLevels, vpaId } from '../peers/vpa.ts';
import type { CorpusSet } from './corpora.ts';
import { type Line, type LimitsRecord, type ToolRecord, isLimits, isTool } from './records.ts';
import {
  type Each,
  bestPeerOf,
  each,
  geometricMean,
  one,
  ratios,
  smallestOf,
  values,
} from './goal-figures.ts';
import { isOurs } from './tables.ts';

const mebibyte = 2 ** 20;

/** Only of what was measured: a goal without its figures is left out, and not said to hold. */
export function goalsOf(lines: readonly Line[], set: CorpusSet): Goal[] {
  const records = lines.filter(isTool).filter((record) => record.set === set);
  const limits = lines.filter(isLimits);
  return [
    ...rightGoals(records),
    ...allLevels.filter((level) => level !== 'fast').flatMap((level) => sizeGoals(records, vpaId(level))),
    ...defaultGoals(records),
    ...fastGoals(records),
    ...applyGoals(records, limits),
    ...memoryGoals(records),
  ];
}

function rightGoals(records: readonly ToolRecord[]): Goal[] {
  const ours = records.filter(isOurs);
  if (ours.length === 0) return [];
  const wrong = ours.filter(({ error }) => error !== null);
  const names = wrong.map(({ corpus, tool }) => `${corpus} ${tool}`).join(', ');
  return [
    {
      text: `every result is the new tree, byte for byte${names && `: not ${names}`}`,
      holds: wrong.length === 0,
    },
  ];
}

function sizeGoals(records: readonly ToolRecord[], tool: string): Goal[] {
  const text = ratios(records, tool, 'text', (one) => one.patch, bestPeerOf(records));
  const native = ratios(
    records,
    tool,
    'native',
    (one) => one.patch,
    smallestOf(records, ['hdiffz', 'hdiffz-block0']),
  );
  return [
    ...each(`${tool}: text smaller than the best peer`, text, (ratio) => ratio < 1),
    ...one(
      `${tool}: text / best peer, geometric mean, at most 0.90`,
      text,
      geometricMean,
      (ratio) => ratio <= 0.9,
    ),
    ...each(`${tool}: native smaller than hdiffz -m with lzma2`, native, (ratio) => ratio < 1),
  ];
}

function defaultGoals(records: readonly ToolRecord[]): Goal[] {
  const tool = vpaId('default');
  const wall = (record: ToolRecord): number | null => record.create?.wall ?? null;
  const toHdiffz = ratios(records, tool, null, wall, smallestOf(records, ['hdiffz']));
  const onNode = records.filter((record) => record.tool === tool && record.corpus === 'nodewin');
  return [
    ...one(`${tool}: create / hdiffz -m-6, wall, median, at most 1`, toHdiffz, median, (ratio) => ratio <= 1),
    ...each(`${tool}: create in at most 10 s`, values(onNode, wall, 1000), (s) => s <= 10),
    ...each(
      `${tool}: create in at most 700 MB`,
      values(onNode, (record) => record.create?.memory ?? null, 1e6),
      (megabytes) => megabytes <= 700,
    ),
  ];
}

function fastGoals(records: readonly ToolRecord[]): Goal[] {
  const tool = vpaId('fast');
  const peer = smallestOf(records, ['zstd-3']);
  const time = ratios(records, tool, null, (record) => record.create?.wall ?? null, peer);
  const size = ratios(records, tool, null, (record) => record.patch, peer);
  return [
    ...one(`${tool}: create / zstd -3, wall, median, at most 3`, time, median, (ratio) => ratio <= 3),
    ...each(`${tool}: create / zstd -3, wall, at most 3`, time, (ratio) => ratio <= 3),
    ...one(`${tool}: patch / zstd -3, median, at most 0.75`, size, median, (ratio) => ratio <= 0.75),
    ...each(`${tool}: patch / zstd -3, at most 0.75`, size, (ratio) => ratio <= 0.75),
  ];
}

function applyGoals(records: readonly ToolRecord[], limits: readonly LimitsRecord[]): Goal[] {
  const copies = new Map(limits.map(({ corpus, copy }) => [corpus, Math.max(copy, 1)]));
  return allLevels.map(vpaId).flatMap((tool) => {
    const ours = records.filter((record) => record.tool === tool);
    const toCopy = (step: 'apply' | 'inPlace', of: readonly ToolRecord[]): Each[] =>
      of.flatMap(({ corpus, [step]: figures }) => {
        const copy = copies.get(corpus);
        return copy === undefined || figures === null ? [] : [{ corpus, value: figures.wall / copy }];
      });
    const little = ours.filter(({ tree }) => tree.changedBytes < tree.bytes[1] / 2);
    const muiicons = ours.filter(({ corpus }) => corpus === 'muiicons');
    return [
      ...one(
        `${tool}: apply to a new folder / cp -r, median, at most 2`,
        toCopy('apply', ours),
        median,
        (r) => r <= 2,
      ),
      ...each(
        `${tool}: in place / cp -r, below 1 where less than half changed`,
        toCopy('inPlace', little),
        (r) => r < 1,
      ),
      ...each(
        `${tool}: in place / (1.5 times the physical work of the changes, and the start), at most 1`,
        toWork(ours, limits),
        (r) => r <= 1,
      ),
      ...each(
        `${tool}: in place in less than 1 s`,
        values(muiicons, (record) => record.inPlace?.wall ?? null, 1000),
        (s) => s < 1,
      ),
    ];
  });
}

/** Wall time in place over what is allowed for reading and writing what changed (limits.ts). */
function toWork(ours: readonly ToolRecord[], limits: readonly LimitsRecord[]): Each[] {
  return ours.flatMap(({ corpus, inPlace }) => {
    const { changed, start } = limits.find((one) => one.corpus === corpus) ?? {};
    if (inPlace === null || changed === undefined || start === undefined) return [];
    return [{ corpus, value: inPlace.wall / Math.max(1, 1.5 * changed + start) }];
  });
}

function memoryGoals(records: readonly ToolRecord[]): Goal[] {
  return allLevels.map(vpaId).flatMap((tool) => {
    const ours = records.filter((record) => record.tool === tool);
    const peak = ({ apply, inPlace }: ToolRecord): number | null =>
      apply === null && inPlace === null ? null : Math.max(apply?.memory ?? 0, inPlace?.memory ?? 0);
    return [
      ...each(`${tool}: apply, memory, at most 256 MiB`, values(ours, peak, mebibyte), (mib) => mib <= 256),
      ...each(
        `${tool}: create, memory, at most 1024 MiB`,
        values(ours, (record) => record.create?.memory ?? null, mebibyte),
        (mib) => mib <= 1024,
      ),
    ];
  });
}
