/** One table for each figure: tools down, corpora across; every number also as a ratio to the best peer's. */
import { printTable } from '../report.ts';
import type { CorpusSet } from './corpora.ts';
import { type Figures, type LimitsRecord, type Line, type ToolRecord, isLimits, isTool } from './records.ts';

const columns = 6;
const titles: Readonly<Record<CorpusSet, string>> = {
  goals: 'Corpora of the goals',
  known: 'Known corpora beside them',
  'held-out': 'Held-out corpora: never tuned on',
};

interface Figure {
  readonly title: string;
  readonly of: (record: ToolRecord) => number | null;
  readonly text: (value: number) => string;
  /** What the machine needs at least, as a last row. */
  readonly limit?: readonly [name: string, of: (limits: LimitsRecord) => number | undefined];
}

const secondsText = (ms: number): string => (ms / 1000).toFixed(2);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
const figure = (
  title: string,
  step: 'create' | 'apply' | 'inPlace',
  key: Exclude<keyof Figures, 'walls'>,
  limit?: Figure['limit'],
): Figure => ({
  title,
  of: (record) => record[step]?.[key] ?? null,
  text: key === 'memory' ? megabytes : secondsText,
  ...(limit && { limit }),
});

const figures: readonly Figure[] = [
  { title: 'Patch, bytes', of: ({ patch }) => patch, text: (bytes) => bytes.toLocaleString('en-US') },
  figure('Create, wall s', 'create', 'wall', ['SHA-256 of both trees', ({ digest }) => digest]),
  figure('Create, CPU s', 'create', 'cpu', ['reading both trees', ({ read }) => read]),
  figure('Create, memory MB', 'create', 'memory'),
  figure('Create, wall s around it (tar)', 'create', 'around'),
  figure('Apply to a new folder, wall s', 'apply', 'wall', ['cp -r of the new tree', ({ copy }) => copy]),
  figure('Apply to a new folder, CPU s', 'apply', 'cpu'),
  figure('Apply to a new folder, memory MB', 'apply', 'memory'),
  figure('Apply to a new folder, wall s around it (tar, untar, copies)', 'apply', 'around'),
  figure('Apply in place, wall s', 'inPlace', 'wall', ['cp -r of the new tree', ({ copy }) => copy]),
  figure('Apply in place, CPU s', 'inPlace', 'cpu', [
    'work of the changes, wall s',
    ({ changed }) => changed,
  ]),
  figure('Apply in place, memory MB', 'inPlace', 'memory'),
];

export const isOurs = ({ tool }: ToolRecord): boolean => tool.startsWith('vpa-');

/** The peer with the smallest patch of those whose result is right. */
export function bestPeer(records: readonly ToolRecord[], corpus: string): ToolRecord | undefined {
  return records
    .filter((record) => record.corpus === corpus && !isOurs(record) && record.error === null)
    .toSorted((a, b) => (a.patch ?? Infinity) - (b.patch ?? Infinity))[0];
}

export function printTables(lines: readonly Line[]): void {
  const records = lines.filter(isTool);
  const limits = new Map(lines.filter(isLimits).map((line) => [line.corpus, line]));
  for (const set of ['goals', 'known', 'held-out'] as const) {
    const inSet = records.filter((record) => record.set === set);
    const corpora = [...new Set(inSet.map(({ corpus }) => corpus))];
    if (corpora.length === 0) continue;
    console.log(`\n# ${titles[set]}`);
    for (const one of figures) {
      for (let from = 0; from < corpora.length; from += columns) {
        printFigure(one, inSet, corpora.slice(from, from + columns), limits);
      }
    }
  }
  const wrong = records.filter(({ error }) => error !== null);
  if (wrong.length > 0) console.log('\n# Without a right result');
  for (const { corpus, tool, error } of wrong)
    console.log(`${corpus}  ${tool}  ${(error ?? '').split('\n').join(' | ')}`);
}

function printFigure(
  { title, of, text, limit }: Figure,
  records: readonly ToolRecord[],
  corpora: readonly string[],
  limits: ReadonlyMap<string, LimitsRecord>,
): void {
  const tools = [...new Set(records.filter((one) => of(one) !== null).map(({ tool }) => tool))];
  if (tools.length === 0) return;
  const best = new Map(corpora.map((corpus) => [corpus, bestPeer(records, corpus)]));
  const cell = (tool: string, corpus: string): string => {
    const record = records.find((one) => one.corpus === corpus && one.tool === tool);
    const value = record === undefined ? null : of(record);
    if (record === undefined || value === null) return '-';
    const measure = best.get(corpus);
    const against = measure === undefined ? null : of(measure);
    const ratio = against === null || against === 0 ? '' : ` ${(value / against).toFixed(2)}`;
    const mark = record.error !== null ? '!' : record === measure ? '*' : '';
    return `${text(value)}${ratio}${mark.padEnd(1)}`;
  };
  console.log('');
  printTable([
    [title, ...corpora],
    ...tools.map((tool) => [tool, ...corpora.map((corpus) => cell(tool, corpus))]),
    ...(limit === undefined
      ? []
      : [[limit[0], ...corpora.map((corpus) => limitText(limits.get(corpus), limit[1]))]]),
  ]);
}

function limitText(
  limits: LimitsRecord | undefined,
  of: (limits: LimitsRecord) => number | undefined,
): string {
  const value = limits && of(limits);
  return value === undefined ? '-' : `${secondsText(value)} `;
}
