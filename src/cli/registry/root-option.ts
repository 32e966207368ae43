/** Where a file that does not say it itself belongs in the registry. */
import { type Command, Option } from 'commander';
import { placeOf } from '../../registry/forms/regf-place.ts';

export interface RootOption {
  /** A root, or a path from one. */
  readonly root?: string;
}

export function addRootOption(command: Command): Command {
  const option = new Option(
    '--root <path>',
    'the key that a hive file is, if its name does not say it: HKLM, HKLM\\Software, HKCU, …',
  );
  return command.addOption(
    option.argParser((text: string) => {
      // Refuses what is none.
      placeOf(text);
      return text;
    }),
  );
}
