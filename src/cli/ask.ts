/** A question on a terminal. */
import { createInterface } from 'node:readline/promises';
import { PatchError, cancelled } from '../errors.ts';
import { printable } from './printable.ts';

export interface AskOptions {
  /** What to say where nobody can be asked: the option that answers the question. */
  readonly option: string;
  readonly signal: AbortSignal;
}

/** Goes on after a yes. E_CANCELLED after anything else; E_USAGE where there is no terminal. */
export async function askFor(question: string, { option, signal }: AskOptions): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new PatchError('E_USAGE', `nobody can be asked: ${printable(question)}`, {
      help: `say so beforehand: ${option}`,
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${printable(question)} [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw cancelled();
  } catch (error) {
    throw signal.aborted ? cancelled(error) : error;
  } finally {
    terminal.close();
  }
}
