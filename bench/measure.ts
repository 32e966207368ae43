/** Runs a program and measures it from outside: wall time and the most memory that was resident. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  /** Wall time from start to end, in milliseconds. */
  readonly ms: number;
  /** Peak of resident memory in bytes; null where the system does not tell. */
  readonly peak: number | null;
}

/** The kernel keeps the peak itself; it only has to be asked before the process is gone. */
const interval = 20;

/** Rejects with what the program wrote to stderr where it does not end with status 0. */
export async function measure(command: string, words: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let peak: number | null = null;
  const timer = setInterval(() => (peak = peakOf(child.pid) ?? peak), interval);
  try {
    const ended = await new Promise<{ status: number | null; ms: number }>((resolve, reject) => {
      child.once('error', reject);
      // 'exit' for the time, 'close' for all of stderr.
      let ms = 0;
      child.once('exit', () => (ms = performance.now() - started));
      child.once('close', (status) => resolve({ status, ms }));
    });
    if (ended.status === 0) return { ms: ended.ms, peak };
    throw new Error(`${command} ${words.join(' ')}\nended with ${ended.status ?? 'a signal'}\n${complaint}`);
  } finally {
    clearInterval(timer);
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
