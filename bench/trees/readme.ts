/** The numbers of the README: a table between two marks, made of records and of nothing else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vpaId } from '../peers/vpa.ts';
import { type CorpusSet, corpora } from './corpora.ts';
import { geometricMean } from './goal-figures.ts';
import { type Line, type ToolRecord, isTool } from './records.ts';
import { bestPeer } from './tables.ts';

const file = fileURLToPath(new URL('../../README.md', import.meta.url));
const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

const titles: Readonly<Record<CorpusSet, string>> = {
  'held-out': 'never tuned on',
  known: 'looked at',
  goals: 'known while the codec was made',
};

/** Throws where the README has no marks. */
export function writeReadme(lines: readonly Line[]): void {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no marks ${begin} and ${end}`);
  const made = `${begin}\n\n${readmeTable(lines)}\n\n`;
  writeFileSync(file, text.slice(0, from) + made + text.slice(to));
}

/** Corpora down; only right results, and only corpora with our own. */
export function readmeTable(lines: readonly Line[]): string {
  const records = lines.filter(isTool).filter(({ error }) => error === null);
  const rows = [
    ['corpus', 'new tree', 'best peer', 'its patch', 'fast', 'default', 'to the peer'],
    ['---', '--:', '---', '--:', '--:', '--:', '--:'],
    ...(['held-out', 'known', 'goals'] as const).flatMap((set) => rowsOf(records, set)),
  ];
  const versions = [...new Set(records.filter(isOurs).map(({ version }) => version))].join(', ');
  return [...rows.map((row) => `| ${row.join(' | ')} |`), '', `Patches in bytes; made by ${versions}.`].join(
    '\n',
  );
}

const isOurs = ({ tool }: ToolRecord): boolean => tool.startsWith('vpa-');

function rowsOf(records: readonly ToolRecord[], set: CorpusSet): string[][] {
  const ratios: number[] = [];
  const rows = corpora
    .filter((corpus) => corpus.set === set)
    .flatMap(({ id, package: name, versions: [from, to] }) => {
      const patchOf = (tool: string): number | null =>
        records.find((record) => record.corpus === id && record.tool === tool)?.patch ?? null;
      const [fast, normal] = [patchOf(vpaId('fast')), patchOf(vpaId('default'))];
      const tree = records.find(({ corpus }) => corpus === id)?.tree;
      if (normal === null || tree === undefined) return [];
      const peer = bestPeer(records, id);
      const ratio = peer?.patch ? normal / peer.patch : null;
      if (ratio !== null) ratios.push(ratio);
      const tail = [bytes(peer?.patch), bytes(fast), bytes(normal), ratio?.toFixed(2) ?? ''];
      return [[`${name} ${from} → ${to}`, bytes(tree.bytes[1]), peer?.tool ?? '', ...tail]];
    });
  if (rows.length === 0) return [];
  const mean = ratios.length === 0 ? '' : geometricMean(ratios).toFixed(2);
  return [[`**${titles[set]}**`, '', '', '', '', 'geometric mean', `**${mean}**`], ...rows];
}

function bytes(count: number | null | undefined): string {
  return typeof count === 'number' ? count.toLocaleString('en-US') : '';
}
