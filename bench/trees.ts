/**
 * Real applications in two versions: how small are patches, how long do they take and how much memory do they need,
 * held against every other tool that is on this machine? See bench/README.md.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isThere } from './peers/tool.ts';
import { fetchCorpus } from './trees/fetch.ts';
import { goalsOf } from './trees/goals.ts';
import { measureLimits } from './trees/limits.ts';
import { treesOptions } from './trees/options.ts';
import {
  type Line,
  type ToolRecord,
  appendRecord,
  figuresOf,
  machine,
  readRecords,
} from './trees/records.ts';
import { type ToolRun, runTool } from './trees/run-tool.ts';
import { writeReadme } from './trees/readme.ts';
import { printTables } from './trees/tables.ts';
import { compareVersions } from './trees/tree.ts';
import { printGoals } from './report.ts';

const { corpora, tools, cache, dir, results, runs, limit, date, summary, readme } = treesOptions();
// Who reads our output may stop early; what is measured is killed with us.
process.stdout.on('error', () => process.exit(1));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
report(summary.length > 0 ? readRecords(summary) : await run());

async function run(): Promise<Line[]> {
  const lines: Line[] = [];
  const keep = (line: Line): void => {
    lines.push(line);
    appendRecord(results, line);
  };
  const found = tools.filter(({ programs }) => programs.every(isThere));
  for (const tool of tools)
    if (!found.includes(tool)) console.log(`${tool.id}: not on this machine, left out`);
  mkdirSync(dir, { recursive: true });
  const folder = mkdtempSync(join(dir, 'trees-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const corpus of corpora) {
    const trees = compareVersions(fetchCorpus(corpus, cache), corpus);
    keep(await measureLimits(corpus.id, trees, folder));
    const byTool = new Map<string, ToolRun[]>(found.map(({ id }) => [id, []]));
    for (let time = 0; time < runs; time++) {
      // In turns, so that whatever else the machine does meets all of them.
      for (const tool of found) {
        const done = byTool.get(tool.id) ?? [];
        // What failed once is not tried again.
        if (done.some(({ error }) => error !== null)) continue;
        const one = await runTool(tool, trees, join(folder, `${corpus.id}-${tool.id}`), limit);
        done.push(one);
        console.log(`${corpus.id}  ${tool.id}  ${one.patch ?? 'no'} bytes  ${one.error ?? ''}`);
      }
    }
    for (const { id, title, version } of found) {
      const done = byTool.get(id) ?? [];
      const record: ToolRecord = {
        ...{ corpus: corpus.id, set: corpus.set, kind: corpus.kind, tool: id, title, version, date, machine },
        ...{ tree: trees.summary, patch: patchSize(done) },
        create: figuresOf(done.flatMap(({ create }) => create ?? [])),
        apply: figuresOf(done.flatMap(({ apply }) => apply ?? [])),
        inPlace: figuresOf(done.flatMap(({ inPlace }) => inPlace ?? [])),
        error: done.find(({ error }) => error !== null)?.error ?? null,
      };
      keep(record);
    }
  }
  return lines;
}

/** The largest of the runs: a tool whose patches differ from run to run is not taken at its luckiest. */
function patchSize(done: readonly ToolRun[]): number | null {
  const sizes = done.flatMap(({ patch }) => patch ?? []);
  return sizes.length === 0 ? null : Math.max(...sizes);
}

function report(lines: readonly Line[]): void {
  printTables(lines);
  if (readme) writeReadme(lines);
  for (const set of ['held-out', 'goals'] as const) {
    const goals = goalsOf(lines, set);
    if (goals.length === 0) continue;
    console.log(`\n# Goals, ${set === 'goals' ? 'on the corpora that they name' : 'on held-out corpora'}`);
    printGoals(goals);
  }
}
