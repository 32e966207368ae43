#!/usr/bin/env node
/** The command `vpa`: parses, runs one command, and turns whatever happened into an exit status. */
import { exitCodes } from '../errors.ts';
import { reportError } from './report-error.ts';
import { createProgram } from './program.ts';

// Who reads our output may stop early (`vpa inspect … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 8));

const words = process.argv.slice(2);
try {
  const program = await createProgram(words);
  if (words.length === 0) {
    process.stderr.write(program.helpInformation());
    process.exitCode = 2;
  } else {
    await program.parseAsync(words, { from: 'user' });
  }
} catch (error) {
  process.exitCode = reportError(error, words);
  // Everything has been cleaned up; what still runs (a frame that is being compressed) nobody waits for.
  if (process.exitCode === exitCodes.E_CANCELLED) process.exit();
}
