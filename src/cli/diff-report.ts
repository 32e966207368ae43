/** What `diff` found, for people. */
import type { Digest } from '../bytes.ts';
import type { Rules } from '../layer/rules.ts';
import type { DeltaCount } from '../registry/delta/delta.ts';
import type { ObjectChange } from '../registry/objects/object.ts';
import { colors } from './colors.ts';
import { printable } from './printable.ts';
import { describeCounts } from './registry-counts.ts';
import { kindsText, paints, titleLine } from './report-text.ts';
import { type EntryReport, countKinds } from './report.ts';
import type { Note } from './session.ts';
import { type ShortcutChange, objectAndShortcutLines } from './shortcuts.ts';
import { table } from './table.ts';
import { formatSize } from './units.ts';

export interface DiffState {
  readonly version: string;
  readonly digest: Digest;
  readonly entries: number;
  readonly size: number;
}

export interface DiffChange extends EntryReport {
  /** Size before the change, in bytes. */
  readonly before: number;
}

export interface DiffReport {
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly base: DiffState;
  readonly target: DiffState;
  readonly changes: readonly DiffChange[];
  readonly registry: DeltaCount;
  /** Hive → its differences in .reg syntax, as far as that goes. */
  readonly registryText: Readonly<Record<string, string>>;
  /** Services, file associations and the like that differ, and behind them shortcuts. */
  readonly objects?: readonly (ObjectChange | ShortcutChange)[];
  readonly rules: Rules | null;
  readonly notices: readonly Note[];
}

export function diffLines(report: DiffReport): string[] {
  const registry = describeCounts(report.registry);
  const texts = Object.values(report.registryText).map((text) => text.trimEnd());
  return [
    titleLine(report),
    ...table([
      ['entries', kindsText(countKinds(report.changes))],
      ...(registry === '' ? [] : [['registry', registry]]),
    ]),
    ...(report.changes.length === 0 ? [] : ['', ...changeLines(report.changes)]),
    ...objectAndShortcutLines(report.objects ?? []),
    ...texts.flatMap((text) => ['', ...text.split('\n').map(paintRegistry)]),
  ];
}

const signs = { add: '+', modify: '~', move: '>', remove: '-' } as const;

function changeLines(changes: readonly DiffChange[]): string[] {
  const rows = changes.map((change) => [
    signs[change.kind],
    printable(change.name),
    change.from === undefined ? sizeText(change) : `was ${printable(change.from)}`,
  ]);
  return table(rows).map((line, at) => paints[changes[at]?.kind ?? 'modify'](line));
}

function sizeText({ kind, type, before, size }: DiffChange): string {
  if (type !== 'file' && type !== 'hive') return type;
  if (kind === 'add') return formatSize(size);
  if (kind === 'remove') return formatSize(before);
  return before === size ? `${formatSize(size)}, same size` : `${formatSize(before)} → ${formatSize(size)}`;
}

/** By the comment that formatDelta puts behind what happened; keys that only say where something is stay plain. */
export function paintRegistry(line: string): string {
  const word = / ; (added|removed|changed)(?::.*)?$/.exec(line)?.[1];
  if (word === 'added') return colors.green(line);
  if (word === 'removed') return colors.red(line);
  return word === 'changed' ? colors.yellow(line) : colors.dim(line);
}
