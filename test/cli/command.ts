/** Runs the real command in a child process, and makes small trees for it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const entry = join(import.meta.dirname, '../../src/cli/vpa.ts');

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd: string;
  /** Variables of the environment, beside the few that every run has. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is given the process, and everything that it has written to stderr so far, whenever it writes there. */
  readonly watch?: (child: ChildProcess, err: string) => void;
}

/** How the command is called. Nothing of the caller's terminal or settings comes along. */
export function commandLine(
  words: readonly string[],
  more: RunOptions['env'] = {},
): { program: string; args: string[]; environment: NodeJS.ProcessEnv } {
  return {
    program: process.execPath,
    args: ['--import', tsx, entry, ...words],
    environment: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...more },
  };
}

export async function vpa(words: readonly string[], { cwd, watch, env }: RunOptions): Promise<Outcome> {
  const { program, args, environment } = commandLine(words, env);
  const child = spawn(program, args, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
    watch?.(child, err);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'vpa-cli-'));
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

export type Tree = Readonly<Record<string, string | Uint8Array>>;

export function writeTree(folder: string, tree: Tree): void {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** Every file below a folder with its content as hexadecimal text. */
export function readTree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'hex')]),
  );
}

/** Bytes that do not compress, the same ones every time. */
export function noise(size: number, seed = 1): Buffer {
  const data = Buffer.alloc(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = state >>> 24;
  }
  return data;
}

export function reg(...lines: string[]): string {
  return ['Windows Registry Editor Version 5.00', '', ...lines, ''].join('\r\n');
}
