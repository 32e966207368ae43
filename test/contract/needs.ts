/** Programs that a test compares us with. */
import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';

/**
 * Skips the test, with the reason, where the program is missing. In CI (environment variable `CI`) a missing program
 * is a failure instead, so that no oracle is lost unseen.
 */
export function needs(test: Context, program: string, args: readonly string[]): void {
  const { error } = spawnSync(program, args, { stdio: 'ignore' });
  if (error === undefined) return;
  const reason = `${program} is missing: ${error.message}`;
  if (process.env['CI'] !== undefined && process.env['CI'] !== '') throw new Error(reason);
  process.stderr.write(`      skipped, ${reason}\n`);
  test.skip();
}

/** Skips the test, with the reason, on Windows: for what its file systems and signals do not have. */
export function needsPosix(test: Context, reason: string): void {
  if (process.platform !== 'win32') return;
  process.stderr.write(`      skipped, ${reason}\n`);
  test.skip();
}
