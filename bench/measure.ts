/**
 * Runs a program and measures it from outside: wall time, processor time and the most memory that was resident. GNU
 * time knows all of it, children included; where it is missing, the kernel is asked while the program runs.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Measured {
  /** Wall time from start to end, in milliseconds. */
  readonly ms: number;
  /** User and system time of the program and its children in milliseconds; null where nobody tells. */
  readonly cpu: number | null;
  /** Peak of resident memory in bytes, of the largest process; null where nobody tells. */
  readonly peak: number | null;
}

export interface MeasureOptions {
  readonly cwd?: string;
  /** File that is the standard input. */
  readonly input?: string;
  /** File that the standard output goes to. */
  readonly output?: string;
  /** After so many milliseconds the program and its children are killed. */
  readonly limit?: number;
}

/** The kernel keeps the peak itself; it only has to be asked before the process is gone. */
const interval = 20;
const gnuTime = '/usr/bin/time';
let timeIsThere: boolean | undefined;

/** Rejects with what the program wrote to stderr where it does not end with status 0. */
export async function measure(
  command: string,
  words: readonly string[],
  options: MeasureOptions = {},
): Promise<Measured> {
  timeIsThere ??=
    existsSync(gnuTime) && spawnSync(gnuTime, ['--version'], { encoding: 'utf8' }).stdout.includes('GNU');
  if (!timeIsThere) return { ...(await runOnce(command, words, options)), cpu: null };
  const folder = mkdtempSync(join(tmpdir(), 'vpa-bench-'));
  try {
    const told = join(folder, 'time');
    const before = ['--quiet', '--format', '%U %S %M', '--output', told, '--', command];
    const { ms } = await runOnce(gnuTime, [...before, ...words], options);
    const [user = NaN, system = NaN, kibibytes = NaN] = readFileSync(told, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    return { ms, cpu: Math.round((user + system) * 1000), peak: kibibytes * 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runOnce(
  command: string,
  words: readonly string[],
  { cwd, input, output, limit }: MeasureOptions,
): Promise<Omit<Measured, 'cpu'>> {
  const stdin = input === undefined ? null : openSync(input, 'r');
  const stdout = output === undefined ? null : openSync(output, 'w');
  const started = performance.now();
  // A group of its own, so that a limit reaches the children too.
  const detached = process.platform !== 'win32';
  const child = spawn(command, words, {
    cwd,
    detached,
    stdio: [stdin ?? 'ignore', stdout ?? 'ignore', 'pipe'],
  });
  const kill = (): void => killAll(child, detached);
  process.once('exit', kill);
  let complaint = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
  let peak: number | null = null;
  // An object, since the compiler believes that nobody else sets a variable.
  const own = { late: false };
  const asking =
    timeIsThere === true ? undefined : setInterval(() => (peak = peakOf(child.pid) ?? peak), interval);
  const stop = (): void => {
    own.late = true;
    kill();
  };
  const waiting = limit === undefined ? undefined : setTimeout(stop, limit);
  try {
    const ended = await new Promise<{ status: number | null; ms: number }>((resolve, reject) => {
      child.once('error', reject);
      // 'exit' for the time, 'close' for all of stderr.
      let ms = 0;
      child.once('exit', () => (ms = performance.now() - started));
      child.once('close', (status) => resolve({ status, ms }));
    });
    if (ended.status === 0) return { ms: ended.ms, peak };
    if (own.late) throw new Error(`${command}: took more than ${(limit ?? 0) / 1000} s`);
    throw new Error(`${command} ${words.join(' ')}\nended with ${ended.status ?? 'a signal'}\n${complaint}`);
  } finally {
    process.off('exit', kill);
    clearInterval(asking);
    clearTimeout(waiting);
    for (const file of [stdin, stdout]) if (file !== null) closeSync(file);
  }
}

function killAll(child: ChildProcess, group: boolean): void {
  try {
    if (group && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // it has ended
  }
}

function peakOf(process_: number | undefined): number | null {
  if (process.platform !== 'linux' || process_ === undefined) return null;
  try {
    const kibibytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${process_}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null; // it has ended
  }
}
