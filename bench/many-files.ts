/**
 * Many small files of which few are changed: how long do create and apply take, held against copying the tree once?
 * See bench/README.md.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { measure } from './measure.ts';
import { benchOptions } from './options.ts';
import { randomBytes } from './random.ts';
import { median, mebibytes, printGoals, printTable, record, seconds } from './report.ts';

const files = 50_000;
const folders = 500;
const changed = 100;
const createGoal = 3;
/** "Well under" as long. */
const applyGoal = 0.75;

const { folder, vpa, date, number: runs, clean } = benchOptions('many-files', 'runs', 5);
const [base, target, copy] = ['base', 'target', 'copy'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const patch = join(folder, 'many.vpa');

try {
  makeVersion(base, () => false);
  makeVersion(target, (number) => number % (files / changed) === 7);
  const times = { copy: [] as number[], create: [] as number[], apply: [] as number[] };
  let peaks = { create: null as number | null, apply: null as number | null };
  let right = true;
  for (let run = 0; run < runs; run++) {
    // In turns, so that whatever else the machine does meets all of them.
    times.copy.push(await copyTree());
    const create = await command('create', base, target, '-o', patch);
    // What was just copied is the fresh tree that is patched.
    const apply = await command('apply', patch, '--to', copy, '--allow-unsigned');
    times.create.push(create.ms);
    times.apply.push(apply.ms);
    peaks = { create: create.peak, apply: apply.peak };
    if (run === 0) right = sameTrees(copy, target);
    rmSync(copy, { recursive: true });
  }
  report(times, peaks, right);
} finally {
  clean();
}

async function command(...words: string[]): ReturnType<typeof measure> {
  return measure(process.execPath, [vpa, ...words, '--quiet']);
}

/** `cp -r`, which Windows does not have. */
async function copyTree(): Promise<number> {
  if (process.platform !== 'win32') return (await measure('cp', ['-r', base, copy])).ms;
  const started = performance.now();
  await cp(base, copy, { recursive: true });
  return performance.now() - started;
}

function report(
  times: Record<'copy' | 'create' | 'apply', number[]>,
  peaks: Record<'create' | 'apply', number | null>,
  right: boolean,
): void {
  const best = (numbers: readonly number[]): number => Math.min(...numbers);
  const ratiosBy = (of: (numbers: readonly number[]) => number): { create: number; apply: number } => {
    return { create: of(times.create) / of(times.copy), apply: of(times.apply) / of(times.copy) };
  };
  const ratios = ratiosBy(median);
  // For whoever reads it: where this is far from the ratio of the medians, the machine had other work.
  const fastest = ratiosBy(best);
  const bytes = statSync(patch).size;
  console.log(`${files} files in ${folders} folders, ${changed} changed; ${runs} runs`);
  console.log(`patch: ${bytes} bytes\n`);
  const row = (name: 'create' | 'apply', label: string): string[] => [
    label,
    seconds(median(times[name])),
    ratios[name].toFixed(2),
    seconds(best(times[name])),
    fastest[name].toFixed(2),
    mebibytes(peaks[name]),
  ];
  printTable([
    ['', 'median', 'to cp -r', 'fastest', 'to cp -r', 'peak memory'],
    ['cp -r', seconds(median(times.copy)), '1.00', seconds(best(times.copy)), '1.00', ''],
    row('create', 'create'),
    row('apply', 'apply in place'),
  ]);
  console.log();
  printGoals([
    { text: 'the patched tree is the target', holds: right },
    { text: `create takes under ${createGoal} times as long as cp -r`, holds: ratios.create < createGoal },
    { text: 'apply takes well under the time of cp -r', holds: ratios.apply < applyGoal },
  ]);
  record('many-files', date, { files, changed, runs, patch: bytes, right, times, ratios, fastest, peaks });
}

/** Files of up to 4 KiB, the same in every version but for those that are changed. */
function makeVersion(version: string, isChanged: (number: number) => boolean): void {
  const next = randomBytes('many-files');
  const perFolder = files / folders;
  for (let number = 0; number < files; number++) {
    const parent = join(version, `folder-${String(Math.floor(number / perFolder)).padStart(3, '0')}`);
    if (number % perFolder === 0) mkdirSync(parent, { recursive: true });
    const data = next(64 + (next(2).readUInt16LE() % 4032));
    if (isChanged(number)) data.write(`changed ${number}`, data.length >> 1);
    writeFileSync(join(parent, `file-${String(number).padStart(5, '0')}.dat`), data);
  }
}

function sameTrees(one: string, other: string): boolean {
  const namesOf = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  const names = namesOf(one);
  if (names.join('\n') !== namesOf(other).join('\n')) return false;
  return names.every((name) => {
    const [a, b] = [join(one, name), join(other, name)];
    return statSync(a).isDirectory() || readFileSync(a).equals(readFileSync(b));
  });
}
