/** Questions to a person at a terminal. */
import { createInterface } from 'node:readline/promises';
import { PatchError, cancelled } from '../errors.ts';
import { printable } from './printable.ts';

export interface AskOptions {
  /** What to say where nobody can be asked: the option that answers the question. */
  readonly option: string;
  readonly signal: AbortSignal;
  readonly at?: Terminal;
}

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

/** Goes on after a yes. E_CANCELLED after anything else; E_USAGE where there is no terminal. */
export async function askFor(question: string, options: AskOptions): Promise<void> {
  assertTerminal(question, options);
  const answer = await ask(`${printable(question)} [y/N] `, options);
  if (!/^y(es)?$/i.test(answer.trim())) throw cancelled();
}

/** Gives the number of the choice, from 0; the first one is the usual one. Errors as of `askFor`. */
export async function choose(
  question: string,
  choices: readonly string[],
  options: AskOptions,
): Promise<number> {
  assertTerminal(question, options);
  const lines = choices.map((choice, n) => `  ${n + 1}  ${printable(choice)}`);
  (options.at ?? terminal).output.write(`${printable(question)}\n${lines.join('\n')}\n`);
  for (;;) {
    const answer = (await ask(`1-${choices.length} [1] `, options)).trim();
    const number = Number(answer === '' ? '1' : answer) - 1;
    if (Number.isInteger(number) && number >= 0 && number < choices.length) return number;
    (options.at ?? terminal).output.write(
      `  a number from 1 to ${choices.length}; Enter for 1, Ctrl-C to leave\n`,
    );
  }
}

function assertTerminal(question: string, { option, at }: AskOptions): void {
  if (canAsk(at)) return;
  throw new PatchError('E_USAGE', `nobody can be asked: ${printable(question)}`, {
    help: `say so beforehand: ${option}`,
  });
}

/** E_CANCELLED where Ctrl-C, or the end of the input, is the answer. */
async function ask(prompt: string, { signal, at = terminal }: AskOptions): Promise<string> {
  const lines = createInterface({ input: at.input, output: at.output });
  try {
    return await new Promise<string>((resolve, reject) => {
      for (const event of ['SIGINT', 'close']) lines.once(event, () => reject(cancelled()));
      lines.question(prompt, { signal }).then(resolve, () => reject(cancelled()));
    });
  } catch (error) {
    // What is said next is not to stand behind the question.
    at.output.write('\n');
    throw error;
  } finally {
    lines.close();
  }
}
