/** Runs the real command at a real terminal, as a person does: `script` of util-linux has one. */
import { spawn, spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { needs } from '../contract/needs.ts';
import { type Outcome, type RunOptions, commandLine } from './command.ts';

/** Skips the test, with the reason, where there is no `script`, or another one. */
export function needsTerminal(test: Context): void {
  needs(test, 'script', ['--version']);
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  if (stdout.includes('util-linux')) return;
  process.stderr.write('      skipped, script is not that of util-linux\n');
  test.skip();
}

/** What is typed, and the end of what is on the screen when it is. */
export type Typed = readonly [prompt: string, answer: string];

/** `out` is all that comes on the screen, what is typed included, but for colours and what moves the cursor. */
export async function atTerminal(
  words: readonly string[],
  typed: readonly Typed[],
  { cwd, env }: Pick<RunOptions, 'cwd' | 'env'>,
): Promise<Outcome> {
  const { program, args, environment } = commandLine(words, env);
  const line = [program, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd,
    env: { ...environment, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const left = [...typed];
  let [out, err, from] = ['', '', 0];
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    const [prompt, answer] = left[0] ?? [];
    if (prompt === undefined || answer === undefined || !plain(out.slice(from)).endsWith(prompt)) return;
    from = out.length;
    left.shift();
    child.stdin.write(answer);
  });
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out: plain(out), err }));
  });
}

function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replaceAll('\r', '');
}
