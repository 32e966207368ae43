/** The options that every command has, and how options are read. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export const progressModes = ['auto', 'bar', 'json', 'none'] as const;
export type ProgressMode = (typeof progressModes)[number];

export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly progress: ProgressMode;
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON document, and errors as one on stderr')
    .option('--quiet', 'print nothing but errors')
    .addOption(
      new Option('--progress <how>', 'a bar, lines of JSON, or nothing, on stderr')
        .choices(progressModes)
        .default('auto'),
    );
}

/** An option that may be given many times. */
export function many(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');
}

/** Reads a whole number of at least `least`. */
export function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= least) return number;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}

/** Reads a day or an instant in UTC, and gives the instant. */
export function instant(value: string): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)?$/.exec(value);
  const time = Date.parse(value);
  // The round trip refuses the 30th of February.
  if (match && !Number.isNaN(time) && new Date(time).toISOString().startsWith(match[1] ?? ''))
    return new Date(time).toISOString().replace('.000Z', 'Z');
  throw new InvalidArgumentError('Expected a day or an instant in UTC: 2030-01-31, 2030-01-31T12:00:00Z.');
}
