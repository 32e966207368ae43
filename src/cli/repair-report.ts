/** What `repair` found and did. */
import type { DeltaCount } from '../registry/delta/delta.ts';
import {
  type Difference,
  type DriftCounts,
  type Shape,
  countDrift,
  countsText,
  differenceText,
  shapeOf,
} from '../store/drift.ts';
import type { Compared } from '../store/layers/as-made.ts';
import type { Mended } from '../store/layers/mend.ts';
import type { Amount } from '../store/restoration.ts';
import { type Cost, costOf } from '../store/space.ts';
import { colors } from './colors.ts';
import { paintRegistry } from './diff-report.ts';
import { printable } from './printable.ts';
import { describeCounts } from './registry-counts.ts';
import type { LayerReport } from './layer/layer-report.ts';
import type { Repaired } from './run-repair.ts';
import type { Note } from './session.ts';
import { table } from './table.ts';
import { counted, formatCount, formatSize } from './units.ts';

export interface RepairReport extends Partial<InStore> {
  readonly status: 'healthy' | 'repaired' | 'dry-run';
  readonly folder: string;
  /** Null where a layer was given none. */
  readonly source: string | null;
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** State digest of what should be there, which the folder has now, but for what is extra. */
  readonly state: string;
  /** Of that state: of a folder, it is the source's; of a layer, what it was made as. */
  readonly entries: number;
  readonly size: number;
  /** What was read: what was there before, and the source; `matching` entries of that are entries of the state. */
  readonly looked: { readonly found: Amount; readonly source: Compared };
  readonly drift: { readonly counts: DriftCounts; readonly differences: readonly Difference[] };
  /** What the source does not have; sizes in bytes. */
  readonly extras: readonly ({ readonly name: string } & Shape)[];
  /** What becomes of these. */
  readonly extraPolicy: 'keep' | 'remove';
  /** What no patch could carry, by its path in the folder. Of these, what the source has was restored. */
  readonly odd: readonly { readonly path: string; readonly reason: string }[];
  readonly registry: DeltaCount;
  readonly registryText: Readonly<Record<string, string>>;
  /** Whether `vpa undo` goes back from here. */
  readonly undo: boolean;
  /** In bytes. What is read is all of both sides. */
  readonly cost: Omit<Cost, 'reads'>;
  readonly notices: readonly Note[];
}

/** What there is to say of a layer of a store. */
export interface InStore {
  readonly store: string;
  /** What the layer is called. */
  readonly place: string;
  /** As it is now. */
  readonly layer: LayerReport;
  /** What the store remembered of the layer, and was damaged. */
  readonly mended: readonly Mended[];
  /** Generations that have the same damaged files, and are as they were. */
  readonly alsoDamaged: readonly {
    readonly layer: number;
    readonly title: string;
    readonly generation: number;
    readonly names: readonly string[];
    /** Whether it is the one that counts in its layer. */
    readonly current: boolean;
  }[];
}

interface Facts extends Pick<RepairReport, 'folder' | 'source' | 'notices'> {
  /** Path → what is wrong with it. */
  readonly odd: ReadonlyMap<string, string>;
  /** Whether what is replaced is kept. */
  readonly kept: boolean;
  readonly inStore?: InStore;
  /** What the source has, where it is not itself what should be there. */
  readonly compared?: Compared | undefined;
}

export function repairReport(
  { restoration, hives, dryRun, removeExtra }: Repaired,
  { folder, source, odd, kept, notices, inStore, compared }: Facts,
): RepairReport {
  const { identity, digest, entries, size, found, differences, extras, changes } = restoration;
  const isHealthy = changes.length === 0;
  const { writes, extra } = costOf(changes);
  return {
    status: isHealthy && !inStore?.mended.length ? 'healthy' : dryRun ? 'dry-run' : 'repaired',
    ...{ folder, source },
    ...inStore,
    ...identity,
    ...{ state: digest, entries, size },
    looked: { found, source: compared ?? { entries, size, matching: entries } },
    drift: { counts: countDrift(differences), differences },
    extras: extras.map(({ name, meta }) => ({ name, ...shapeOf(meta) })),
    extraPolicy: removeExtra ? 'remove' : 'keep',
    odd: [...odd].map(([path, reason]) => ({ path, reason })).sort((a, b) => (a.path < b.path ? -1 : 1)),
    registry: hives.counts(),
    registryText: hives.texts,
    notices,
    undo: kept && !dryRun && !isHealthy,
    cost: { writes, extra },
  };
}

/** How many of each list people see; programs get all. */
const shown = 20;

export function repairLines(report: RepairReport): string[] {
  const { name, version, folder, source, looked, drift, extras, odd, cost, store, layer } = report;
  const what = printable(report.place ?? folder);
  const undo =
    layer === undefined ? `vpa undo ${folder}` : `vpa layer undo ${layer.number} --store ${store ?? ''}`;
  const said = {
    healthy: 'is as it should be: nothing was changed',
    repaired: `was repaired: ${doneText(report)}, ${formatSize(cost.writes)} written`,
    'dry-run': `can be repaired: ${doneText(report)}, ${formatSize(cost.writes)} to write; nothing was changed`,
  };
  const registry = describeCounts(report.registry);
  return [
    `${colors.bold(printable(name))}  ${printable(version)}`.trimEnd(),
    `  ${what} ${said[report.status]}`,
    ...table([
      ...(layer === undefined ? [] : [['made as', amountText(report)]]),
      ['found', amountText(looked.found)],
      ['source', source === null ? 'none was given' : `${printable(source)}, ${sourceText(report)}`],
      ...(registry === '' ? [] : [['registry', registry]]),
      ...(extras.length === 0 ? [] : [['extra', extrasText(report)]]),
      ...(report.undo ? [['undo', printable(undo)]] : []),
    ]),
    ...list(drift.differences, (one) => colors.yellow(printable(differenceText(one)))),
    ...list(extras, ({ name: extra, type, size }) =>
      colors.dim(
        `${printable(extra)}: is not in the source (${size === undefined ? type : formatSize(size)})`,
      ),
    ),
    ...list(odd, ({ path, reason }) => `${printable(path)}: ${printable(reason)}`),
    ...list(report.alsoDamaged ?? [], alsoText),
    ...Object.values(report.registryText).flatMap((text) => [
      '',
      ...text.trimEnd().split('\n').map(printable).map(paintRegistry),
    ]),
  ];
}

function amountText({ entries, size }: Amount): string {
  return `${counted(entries, 'entry', 'entries')}, ${formatSize(size)}`;
}

function sourceText({ entries, looked: { source }, layer }: RepairReport): string {
  const text = amountText(source);
  if (layer === undefined) return text;
  const how =
    source.matching === entries
      ? 'has all of the layer'
      : `has ${formatCount(source.matching)} of the layer's ${formatCount(entries)}`;
  return `${text}; ${how}`;
}

const mendedText = {
  pointer: 'which generation counts',
  generation: 'the record of the generation',
  inventory: 'its inventory',
};

/** `1 missing, 2 changed, 3 extra removed`. */
function doneText({ drift, extras, extraPolicy, mended = [] }: RepairReport): string {
  const removed = extraPolicy === 'remove' ? extras.length : 0;
  const records = mended.map(({ record }) => mendedText[record]);
  const words = [
    ...records,
    countsText(drift.counts),
    removed === 0 ? '' : `${formatCount(removed)} extra removed`,
  ];
  return words.filter((text) => text !== '').join(', ');
}

/** A hard link is the same file: whoever has written into one has written into all. */
function alsoText({ layer, title, generation, names, current }: InStore['alsoDamaged'][number]): string {
  const what = counted(names.length, 'of these files', 'of these files');
  const advice = current
    ? `repair it, too: vpa repair ${layer} --from VERSION`
    : 'undo would bring them back: repair it then';
  return colors.yellow(
    `${printable(title)}, generation ${generation}: has ${what} likewise damaged (${advice})`,
  );
}

function extrasText({ extras, extraPolicy, status }: RepairReport): string {
  const what = `${counted(extras.length, 'entry', 'entries')} that the source does not have`;
  if (extraPolicy === 'keep') return `${what} stay`;
  return `${what} ${status === 'repaired' ? 'removed' : 'would be removed'}`;
}

function list<Item>(items: readonly Item[], line: (item: Item) => string): string[] {
  if (items.length === 0) return [];
  const more = items.length - shown;
  return [
    '',
    ...items.slice(0, shown).map((item) => `  ${line(item)}`),
    ...(more > 0 ? [colors.dim(`  … and ${formatCount(more)} more: --json has all of them`)] : []),
  ];
}
