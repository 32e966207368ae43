/** Errors for people and for programs, and the exit status that goes with them. */
import { type PatchErrorOptions, PatchError, exitCodes, isPatchError } from '../errors.ts';
import { printableLines } from './printable.ts';

/** Writes the error to stderr and gives the exit status. Help and version, which commander throws too, are none. */
export function reportError(error: unknown, words: readonly string[]): number {
  if (isCommanderError(error) && error.exitCode === 0) return 0;
  const reason = asPatchError(error, words[0]);
  const json = words.includes('--json');
  // On one line, so that it may stand among lines of progress.
  process.stderr.write(json ? `${JSON.stringify(errorDocument(reason))}\n` : errorText(reason));
  if (isSet(process.env['VPA_DEBUG'])) console.error(error);
  return exitCodes[reason.code];
}

export function errorDocument(error: PatchError): object {
  const { code, message, stage = null, entry = null, help = null, details, data } = error;
  return { ...data, code, message, stage, entry, help, details, exitCode: exitCodes[code] };
}

export function errorText({ code, message, help, details }: PatchError): string {
  const lines = [`vpa: ${message} [${code}]`, ...details.map((line) => `  ${line}`)];
  if (help !== undefined) lines.push(`help: ${help}`);
  return `${lines.map(printableLines).join('\n')}\n`;
}

/** A PatchError as it is; a mistake on the command line as E_USAGE; anything else as a defect of ours. */
export function asPatchError(error: unknown, command = ''): PatchError {
  if (isPatchError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const make = (code: 'E_USAGE' | 'E_ENVIRONMENT', text: string, options: PatchErrorOptions): PatchError =>
    new PatchError(code, text, { ...options, cause: error });
  if (isCommanderError(error)) {
    const [first = '', ...more] = message.replace(/^error: /, '').split('\n');
    const hint = more.join(' ').replace(/^\((.*)\)$/, '$1');
    const known = error.code !== 'commander.unknownCommand' && /^[a-z]+$/.test(command);
    const help = `see: vpa ${known ? `${command} ` : ''}--help`;
    return make('E_USAGE', first, { help: hint === '' ? help : hint });
  }
  return make('E_ENVIRONMENT', `unexpected error: ${message}`, {
    help: 'this is a defect of vpa; please report it, with what it prints when VPA_DEBUG=1 is set',
  });
}

interface CommanderError extends Error {
  readonly code: string;
  readonly exitCode: number;
}

/** By its shape: commander's class is not needed for it. */
function isCommanderError(error: unknown): error is CommanderError {
  return (
    error instanceof Error &&
    'code' in error &&
    String(error.code).startsWith('commander.') &&
    'exitCode' in error
  );
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}
