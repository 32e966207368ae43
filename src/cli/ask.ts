/** Questions to a person at a terminal. */
import { createInterface } from 'node:readline/promises';
import { cancelled } from '../errors.ts';
import { printable } from './printable.ts';

/** Where a question is asked, and where the answer comes from. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Answers come from where commands are typed; questions go where they do not come among the results. */
const terminal: Terminal = { input: process.stdin, output: process.stderr };

/** Whether there is somebody to be asked. */
export function canAsk({ input, output }: Terminal = terminal): boolean {
  return input.isTTY === true && output.isTTY === true;
}

/** Gives the number of the choice, from 0. E_CANCELLED where Ctrl-C, or the end of the input, is the answer. */
export async function choose(
  question: string,
  choices: readonly string[],
  { usual, at = terminal }: { readonly usual?: number; readonly at?: Terminal } = {},
): Promise<number> {
  const hint = usual === undefined ? '' : ` [${usual + 1}]`;
  const lines = choices.map((choice, n) => `  ${n + 1}  ${printable(choice)}`);
  at.output.write(`${printable(question)}\n${lines.join('\n')}\n`);
  for (;;) {
    const answer = (await ask(`1-${choices.length}${hint}: `, at)).trim();
    const number = answer === '' && usual !== undefined ? usual : Number(answer || NaN) - 1;
    if (Number.isInteger(number) && number >= 0 && number < choices.length) return number;
  }
}

/** Only a clear yes is one. */
export async function confirm(question: string, at: Terminal = terminal): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(`${printable(question)} [y/N]: `, at)).trim());
}

async function ask(prompt: string, { input, output }: Terminal): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(cancelled()));
      lines.once('close', () => reject(cancelled()));
      lines.question(prompt).then(resolve, reject);
    });
  } finally {
    lines.close();
  }
}
