/** The native xdelta3 as an oracle. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const installed = spawnSync('xdelta3', ['-V']).error === undefined;

/** For `before`: skips with a reason where xdelta3 is missing. A build machine must have it, so there it fails. */
export function needXdelta3(this: Mocha.Context): void {
  if (installed) return;
  const reason = 'xdelta3 is not installed (Debian: apt install xdelta3)';
  if (process.env['CI'] !== undefined) throw new Error(reason);
  process.stdout.write(`skipped: ${reason}\n`);
  this.skip();
}

export function nativeEncode(
  reference: Uint8Array,
  target: Uint8Array,
  options: readonly string[] = [],
): Buffer {
  return run(reference, target, (source, input, output) => [
    '-e',
    '-f',
    ...options,
    '-s',
    source,
    input,
    output,
  ]);
}

/** Throws where it refuses the delta. */
export function nativeDecode(reference: Uint8Array, delta: Uint8Array): Buffer {
  return run(reference, delta, (source, input, output) => ['-d', '-f', '-s', source, input, output]);
}

function run(
  reference: Uint8Array,
  input: Uint8Array,
  command: (source: string, input: string, output: string) => readonly string[],
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'vpa-xdelta3-'));
  try {
    const [source, from, to] = [
      join(folder, 'source'),
      join(folder, 'input'),
      join(folder, 'output'),
    ] as const;
    writeFileSync(source, reference);
    writeFileSync(from, input);
    execFileSync('xdelta3', command(source, from, to), { stdio: 'pipe' });
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
