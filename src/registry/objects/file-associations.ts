/** What opens a file: its extension's key names a program's key, which has the command (Microsoft, "File Types"). */
import type { RegistryKey } from '../hive.ts';
import { classesPlaces } from './classes.ts';
import { type Field, type Found, keyAt, text, textAt, type View } from './view.ts';

/** A field of the program's key that the extension's default value names. */
function ofProgram(read: (program: RegistryKey) => string | null): Field {
  return (found) => {
    const program = programOf(found);
    return program === undefined ? null : read(program);
  };
}

/** Beside the extension's key; a user's extension may also name a program of the machine's. */
function programOf({ key, path, hive, machine }: Found): RegistryKey | undefined {
  const id = textAt(key, '');
  if (id === null || id === '') return undefined;
  const below = [...path.slice(0, -1), id].join('\\');
  return keyAt(hive, below) ?? keyAt(machine, `Software\\Classes\\${id}`);
}

/** The verb that the shell's default value names, otherwise `open`. */
function command(program: RegistryKey): string | null {
  const verb = textAt(keyAt(program, 'shell'), '') ?? '';
  return textAt(keyAt(program, `shell\\${verb === '' ? 'open' : verb}\\command`), '');
}

export const fileAssociations: View = {
  kind: 'file-association',
  each: 'key',
  scopes: ['machine', 'user'],
  places: classesPlaces.map((place) => `${place}\\.*`),
  fields: {
    program: text(''),
    'content type': text('Content Type'),
    description: ofProgram((program) => textAt(program, '')),
    'opens with': ofProgram(command),
    icon: ofProgram((program) => textAt(keyAt(program, 'DefaultIcon'), '')),
  },
};
