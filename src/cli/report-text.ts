/** What `create` and `inspect` say of a patch, for people. */
import { colors } from './colors.ts';
import { printable } from './printable.ts';
import { describeCounts } from './registry-counts.ts';
import {
  type ChangeReport,
  type GroupReport,
  type KindCounts,
  type PatchReport,
  countKinds,
} from './report.ts';
import { table } from './table.ts';
import { counted, formatCount, formatShare, formatSize } from './units.ts';

/** How many changes are shown unless all are asked for. */
const shown = 50;

/** `Acme Notes  1.0.0 → 1.1.0`. */
export function titleLine({ id, name, from, to }: Pick<PatchReport, 'id' | 'name' | 'from' | 'to'>): string {
  const label = printable(name === '' ? id : name);
  return `${colors.bold(label)}  ${version(from)} → ${version(to)}`;
}

function version(text: string): string {
  return text === '' ? '(no version)' : printable(text);
}

const kindWords = { add: 'added', modify: 'changed', move: 'moved', remove: 'removed' } as const;

/** `3 added, 1 changed`; `nothing changed`. */
export function kindsText(counts: KindCounts): string {
  const words = (['add', 'modify', 'move', 'remove'] as const).flatMap((kind) =>
    counts[kind] === 0 ? [] : [`${formatCount(counts[kind])} ${kindWords[kind]}`],
  );
  return words.length === 0 ? 'nothing changed' : words.join(', ');
}

/** The first rows of both reports: what changes, how large. */
function summaryRows(report: PatchReport): string[][] {
  const registry = describeCounts(report.registry);
  return [
    ['entries', kindsText(countKinds(report.changes))],
    ...(registry === '' ? [] : [['registry', registry]]),
    [
      'size',
      `${formatSize(report.size)}, ${formatShare(report.size, report.targetSize)} of ${formatSize(report.targetSize)}`,
    ],
    ['contents', savedText(report)],
  ];
}

/** `12.3 MB → 0.8 MB (6.5 %); manifest, index and signatures 2.1 kB`. */
function savedText({ contents, size, overhead }: PatchReport): string {
  const share = contents === 0 ? '' : ` (${formatShare(size, contents)})`;
  return `${formatSize(contents)} → patch ${formatSize(size)}${share}; manifest, index and signatures ${formatSize(overhead)}`;
}

export function createLines(report: PatchReport, file: string): string[] {
  const largest = byCost(report.changes)
    .filter(({ cost }) => cost > 0)
    .slice(0, 5);
  const groups = groupLines(report.groups);
  const signers = report.signatures.map(({ keyId }) => keyId);
  return [
    titleLine(report),
    ...table(summaryRows(report)),
    ...(largest.length === 0 ? [] : ['', 'what takes most of it', ...changeTable(largest, true)]),
    ...(groups.length === 0 ? [] : ['', ...groups]),
    '',
    `written to ${colors.bold(printable(file))}`,
    ...(signers.length === 0 ? [] : [`signed by ${signers.join(', ')}`]),
  ];
}

export function inspectLines(report: PatchReport, all: boolean): string[] {
  const { base, target, signatures, rules, changes } = report;
  const sorted = byCost(changes);
  const visible = all ? sorted : sorted.slice(0, shown);
  const hidden = sorted.length - visible.length;
  const extras = [
    ...(report.sequence === undefined ? [] : [['sequence', String(report.sequence)]]),
    ...(report.notAfter === undefined ? [] : [['not after', report.notAfter]]),
    ...(report.description === undefined ? [] : [['reason', printable(report.description)]]),
  ];
  const rows = [
    ...summaryRows(report),
    ['id', printable(report.id)],
    ['base', stateText(base)],
    ['target', stateText(target)],
    ...extras,
    ...(['excludes', 'volatile', 'variables'] as const).flatMap((name) =>
      rules[name].length === 0 ? [] : [[name, printable(rules[name].join(', '))]],
    ),
    ...(signatures.length === 0
      ? [['signed', 'by nobody']]
      : signatures.map(({ keyId }, at) => [at === 0 ? 'signed' : '', `by ${keyId}`])),
  ];
  return [
    titleLine(report),
    ...table(rows),
    ...(signatures.length === 0 ? [] : [colors.dim('  signatures are listed, not verified: see vpa verify')]),
    ...(changes.length === 0 ? [] : ['', ...changeTable(visible, true)]),
    ...(hidden === 0 ? [] : [colors.dim(`  … and ${counted(hidden, 'change')} more: --all shows them`)]),
    ...(report.groups.length === 0 ? [] : ['', ...groupLines(report.groups)]),
  ];
}

function stateText({ digest, entries, size }: PatchReport['base']): string {
  return `${digest}  (${counted(entries, 'entry', 'entries')}, ${formatSize(size)})`;
}

/** The order of the format among those of equal size. */
function byCost(changes: readonly ChangeReport[]): ChangeReport[] {
  return changes.toSorted((a, b) => b.cost - a.cost);
}

export const paints = {
  add: colors.green,
  modify: colors.yellow,
  move: colors.cyan,
  remove: colors.red,
} as const;

/** One row a change: what happens, how it is carried, size after, about what it takes of the patch, name. */
function changeTable(changes: readonly ChangeReport[], heading = false): string[] {
  const rows = changes.map(({ kind, type, codec, group, cost, share, size, name, from }) => [
    kind,
    carriedText(codec, group, type),
    kind !== 'remove' && (type === 'file' || type === 'hive') ? formatSize(size) : '-',
    codec === null ? '-' : formatSize(cost),
    codec === null ? '-' : formatShare(share, 1),
    printable(from === undefined ? name : `${name}  (was ${from})`),
  ]);
  const titles = heading ? [['change', 'carried as', 'size', 'about in patch', 'share', 'entry']] : [];
  const lines = table([...titles, ...rows], { right: [2, 3, 4] });
  // Painted when the widths are known, since colours have characters too.
  return lines.map((line, at) => {
    const kind = changes[at - titles.length]?.kind;
    return kind ? line.replace(kind, paints[kind](kind)) : colors.dim(line);
  });
}

function carriedText(codec: string | null, group: number | undefined, type: string): string {
  if (codec === null) return type === 'file' ? '-' : type;
  return group === undefined ? codec : `${codec} in group ${group}`;
}

/** One line for each group of files that are carried together. */
function groupLines(groups: readonly GroupReport[]): string[] {
  const rows = groups.map(({ codec, payload, files, size, references }, number) => [
    `group ${number}`,
    codec,
    formatSize(payload),
    `for ${counted(files, 'file')} of ${formatSize(size)}, against ${counted(references.length, 'old file')}`,
  ]);
  return table(rows, { right: [2] });
}
