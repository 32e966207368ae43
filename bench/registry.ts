/**
 * A hive of 200,000 keys and 1,000,000 values: how long do reading it and comparing two such hives take, held against
 * hivex? See bench/README.md. Each task runs in a process of its own: this file once more, with the task's name.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Bytes, bytesOf } from '../src/bytes.ts';
import { countDelta } from '../src/registry/delta/delta.ts';
import { diffHives } from '../src/registry/delta/diff.ts';
import type { RegistryKey } from '../src/registry/hive.ts';
import { countKeys, emptyKey } from '../src/registry/key.ts';
import { openHive } from '../src/registry/regf-read/open-hive.ts';
import { formatRegf } from '../src/registry/regf-write/format-regf.ts';
import {
  groupName,
  groups,
  keyCount,
  keyName,
  keysPerGroup,
  makeHive,
  valueCount,
  valuesPerKey,
} from './registry-hive.ts';
import { type Goal, mebibytes, median, printGoals, printTable, record, seconds } from './report.ts';

const differences = 1000;
const readGoal = 2;
const peakGoal = 1024 * 2 ** 20;

/** What a process needed, seen from outside. */
interface Needed {
  readonly ms: number;
  /** User and system time in milliseconds; null where the system does not tell. */
  readonly cpu: number | null;
  /** Peak of resident memory in bytes; null where the system does not tell. */
  readonly peak: number | null;
  readonly output: string;
}

/** What a task of ours says of itself on standard output. */
interface Told {
  readonly keys?: number;
  readonly values?: number;
  /** The reading alone, without the start of the process. */
  readonly readMs?: number;
  readonly diffMs?: number;
  readonly changes?: number;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    dir: { type: 'string' },
    date: { type: 'string' },
    keep: { type: 'boolean' },
  },
});
async function compare(): Promise<void> {
  const runs = Number(options.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs must be a whole number above 0');
  const parent = options.dir ?? fileURLToPath(new URL('./out', import.meta.url));
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'registry-'));
  try {
    const [base, target] = [join(folder, 'base.hive'), join(folder, 'target.hive')];
    const made = await own('make', base, '0');
    await own('make', target, String(differences));
    console.log(`${keyCount} keys, ${valueCount} values, ${mebibytes(statSync(base).size)}; ${runs} runs`);
    console.log(`one hive made and written: ${seconds(made.ms)}, ${mebibytes(made.peak)}\n`);
    const programs = tasksFor(base, target, folder);
    const results = new Map<string, Needed[]>(programs.map(([name]) => [name, []]));
    for (let run = 0; run < runs; run++) {
      // In turns, so that whatever else the machine does meets all of them.
      for (const [name, start] of programs) results.get(name)?.push(await start());
    }
    report(results);
  } finally {
    if (options.keep === true) console.log(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function tasksFor(base: string, target: string, folder: string): [string, () => Promise<Needed>][] {
  const tasks: [string, () => Promise<Needed>][] = [];
  const oracle = (name: string, command: string, words: readonly string[]): void => {
    if (spawnSync(command, [], { stdio: 'ignore' }).error === undefined)
      tasks.push([name, () => observe(command, words)]);
    else console.log(`skipped, ${command} is not installed\n`);
  };
  oracle('hivexml', 'hivexml', [base]);
  oracle('hivexregedit --export', 'hivexregedit', ['--export', base, '\\']);
  tasks.push(['full read', () => own('read', base)]);
  tasks.push(['read of one key', () => own('one-key', base)]);
  tasks.push(['read of both, and diff', () => own('diff', base, target)]);
  // A process of ours that does nothing: what its start alone takes.
  const nothing = join(folder, 'nothing.hive');
  writeFileSync(nothing, formatRegf(emptyKey()));
  tasks.push(['start of ours', () => own('read', nothing)]);
  return tasks;
}

function report(results: ReadonlyMap<string, readonly Needed[]>): void {
  const medianOf = (name: string, of: (needed: Needed) => number | null): number =>
    median((results.get(name) ?? []).map((needed) => of(needed) ?? NaN));
  const told = (name: string, of: (one: Told) => number | undefined): number =>
    medianOf(name, ({ output }) => of(JSON.parse(output) as Told) ?? null);
  const wall = (name: string): number => medianOf(name, ({ ms }) => ms);
  const hasHivexml = results.has('hivexml');
  const rows = [...results.keys()].map((name) => {
    const cpu = medianOf(name, (needed) => needed.cpu);
    const peak = medianOf(name, (needed) => needed.peak);
    const ratio = hasHivexml ? (wall(name) / wall('hivexml')).toFixed(2) : '';
    return [
      name,
      seconds(wall(name)),
      ratio,
      Number.isNaN(cpu) ? 'unknown' : seconds(cpu),
      mebibytes(Number.isNaN(peak) ? null : peak),
    ];
  });
  printTable([['', 'wall time', 'to hivexml', 'CPU time', 'peak memory'], ...rows]);
  const both = 'read of both, and diff';
  const readMs = told(both, (one) => one.readMs);
  const diffMs = told(both, (one) => one.diffMs);
  console.log(`\nreading both: ${seconds(readMs)}; their diff: ${seconds(diffMs)}\n`);
  const changes = told(both, (one) => one.changes);
  const found = [told('full read', (one) => one.keys), told('full read', (one) => one.values)];
  const goals: Goal[] = [
    { text: 'every key and value is read', holds: found[0] === keyCount && found[1] === valueCount },
    { text: `the diff has ${differences} changes`, holds: changes === differences },
    { text: 'the diff of both takes less time than reading them', holds: diffMs < readMs },
    ...['full read', both].map((name) => {
      const peak = medianOf(name, (needed) => needed.peak);
      return { text: `${name}: under ${mebibytes(peakGoal)} of memory`, holds: !(peak >= peakGoal) };
    }),
  ];
  if (hasHivexml) {
    const holds = wall('full read') < readGoal * wall('hivexml');
    goals.push({ text: `full read takes under ${readGoal} times as long as hivexml`, holds });
  }
  printGoals(goals);
  const bare = [...results].map(([name, all]) => [name, all.map(({ ms, cpu, peak }) => ({ ms, cpu, peak }))]);
  const times = Object.fromEntries(bare) as object;
  record('registry', options.date, { keys: keyCount, values: valueCount, changes, times, readMs, diffMs });
}

/** One task of ours, in a new process. */
async function own(name: string, ...words: readonly string[]): Promise<Needed> {
  return observe(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), name, ...words]);
}

/** The kernel keeps the numbers itself; they only have to be asked for before the process is gone. */
const interval = 10;

async function observe(command: string, words: readonly string[]): Promise<Needed> {
  const started = performance.now();
  const isOurs = command === process.execPath;
  const child = spawn(command, words, { stdio: ['ignore', isOurs ? 'pipe' : 'ignore', 'pipe'] });
  let [output, complaint] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let seen: Pick<Needed, 'cpu' | 'peak'> = { cpu: null, peak: null };
  const timer = setInterval(() => (seen = usageOf(child.pid) ?? seen), interval);
  try {
    const { status, ms } = await new Promise<{ status: number | null; ms: number }>((resolve, reject) => {
      let ended = 0;
      child.once('error', reject);
      child.once('exit', () => (ended = performance.now() - started));
      child.once('close', (code) => resolve({ status: code, ms: ended }));
    });
    if (status !== 0)
      throw new Error(`${command} ${words.join(' ')}\nended with ${status ?? 'a signal'}\n${complaint}`);
    return { ms, ...seen, output };
  } finally {
    clearInterval(timer);
  }
}

/** Milliseconds of one tick of the clock that Linux counts CPU time in. */
const tick = 10;

function usageOf(pid: number | undefined): Pick<Needed, 'cpu' | 'peak'> | null {
  if (process.platform !== 'linux' || pid === undefined) return null;
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    // Behind the name, which stands in parentheses: state, ten numbers, then user and system time.
    const fields = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1] ?? '').split(' ');
    if (kibibytes === undefined) return null;
    return { cpu: (Number(fields[11]) + Number(fields[12])) * tick, peak: Number(kibibytes) * 1024 };
  } catch {
    return null; // it has ended
  }
}

async function runTask(name: string, [first = '', second = '']: readonly string[]): Promise<Told> {
  switch (name) {
    case 'make':
      writeFileSync(first, formatRegf(makeHive(Number(second))));
      return {};
    case 'read': {
      const { ms, result } = await timed(() => readHive(first));
      return { readMs: ms, ...countKeys(result) };
    }
    case 'one-key':
      return readOneKey(first);
    case 'diff': {
      const { ms: readMs, result } = await timed(
        async () => [await readHive(first), await readHive(second)] as const,
      );
      const { ms: diffMs, result: delta } = await timed(async () => diffHives(...result));
      const { keys, values } = countDelta(delta);
      const changes = [keys, values].reduce((sum, one) => sum + one.added + one.removed + one.changed, 0);
      return { readMs, diffMs, changes };
    }
    default:
      throw new Error(`there is no task ${name}`);
  }
}

async function timed<T>(run: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now();
  const result = await run();
  return { ms: performance.now() - started, result };
}

async function readHive(path: string): Promise<RegistryKey> {
  return (await openHive(bytesOf(readFileSync(path)))).toKey();
}

/** From the disk, a block at a time. */
async function readOneKey(path: string): Promise<Told> {
  const file = await open(path);
  const bytes: Bytes = {
    size: statSync(path).size,
    read: async (offset, length) => (await file.read(Buffer.alloc(length), 0, length, offset)).buffer,
  };
  const { ms, result } = await timed(async () => {
    const hive = await openHive(bytes);
    return hive.key([groupName(groups >> 1), keyName(keysPerGroup >> 1)]);
  });
  await file.close();
  if (result?.valueCount !== valuesPerKey) throw new Error('the key was not found');
  return { readMs: ms };
}

const [task, ...paths] = positionals;
if (task === undefined) await compare();
else console.log(JSON.stringify(await runTask(task, paths)));
