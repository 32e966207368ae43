/** The command line of the benchmark of trees. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { peers } from '../peers/index.ts';
import type { Tool } from '../peers/tool.ts';
import { allLevels, vpaTools } from '../peers/vpa.ts';
import { type Corpus, corpora } from './corpora.ts';

export interface TreesOptions {
  readonly corpora: readonly Corpus[];
  readonly tools: readonly Tool[];
  readonly cache: string;
  /** Where a folder for patches and results is made. */
  readonly dir: string;
  readonly results: string;
  readonly runs: number;
  /** Milliseconds that a tool has for creating, and again for applying. */
  readonly limit: number;
  readonly date: string | undefined;
  /** Files of earlier runs to report on; then nothing is run. */
  readonly summary: readonly string[];
  /** Whether the README's table is written anew from the records. */
  readonly readme: boolean;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export function treesOptions(): TreesOptions {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: 'string', default: 'all' },
      levels: { type: 'string', default: 'all' },
      set: { type: 'string' },
      small: { type: 'boolean', default: false },
      runs: { type: 'string', default: '1' },
      limit: { type: 'string', default: '900' },
      cache: { type: 'string', default: here('../out/corpora') },
      dir: { type: 'string', default: here('../out') },
      results: { type: 'string', default: here('../out/trees.ndjson') },
      vpa: { type: 'string', default: here('../../dist/cli/vpa.js') },
      date: { type: 'string' },
      summary: { type: 'string', multiple: true, default: [] },
      readme: { type: 'boolean', default: false },
    },
  });
  const levels = choose('--levels', allLevels, (level) => level, values.levels);
  const chosen = choose(
    'a corpus',
    corpora,
    ({ id }) => id,
    positionals.length === 0 ? 'all' : positionals.join(','),
  );
  const summary = values.summary;
  if (summary.length === 0 && levels.length > 0 && !existsSync(values.vpa)) {
    throw new Error(`${values.vpa} is not there: run 'npm run build' first`);
  }
  return {
    corpora: chosen.filter(
      ({ set, small }) => (values.set ?? set).split(',').includes(set) && (!values.small || small === true),
    ),
    tools:
      summary.length > 0
        ? []
        : [
            ...choose('--peers', peers, ({ id }) => id, values.peers),
            ...vpaTools(resolve(values.vpa), levels),
          ],
    cache: resolve(values.cache),
    dir: resolve(values.dir),
    results: resolve(values.results),
    runs: wholeNumber('--runs', values.runs),
    limit: wholeNumber('--limit', values.limit) * 1000,
    date: values.date,
    summary,
    readme: values.readme,
  };
}

/** `all`, `none`, or names with commas between them. */
function choose<T>(what: string, all: readonly T[], nameOf: (one: T) => string, text: string): readonly T[] {
  if (text === 'all') return all;
  const names = text === 'none' ? [] : text.split(',');
  const unknown = names.find((name) => !all.some((one) => nameOf(one) === name));
  if (unknown !== undefined) {
    throw new Error(`${what}: there is no ${unknown}; there are ${all.map(nameOf).join(', ')}`);
  }
  return all.filter((one) => names.includes(nameOf(one)));
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option} must be a whole number above 0`);
  return number;
}
