/** `vpa registry show FILE [KEY]`: keys and values as a tree. */
import type { Command } from 'commander';
import { countKeys, inOrder } from '../../registry/key.ts';
import type { RegistryKey } from '../../registry/hive.ts';
import { typeName } from '../../registry/objects/data.ts';
import { colors } from '../colors.ts';
import { type CommonOptions, addCommonOptions, wholeNumber } from '../common-options.ts';
import { printable } from '../printable.ts';
import { withSession } from '../session.ts';
import { counted } from '../units.ts';
import { locateKeys, pathText } from './key-argument.ts';
import { openRegistryFile } from './open-registry.ts';
import { type RootOption, addRootOption } from './root-option.ts';
import { dataText, keyReport } from './value-report.ts';

interface ShowOptions extends CommonOptions, RootOption {
  readonly depth?: number;
}

const examples = `
Examples:
  $ vpa registry show SOFTWARE
  $ vpa registry show user.reg 'HKCU\\Software\\Wine' --depth 1
  $ vpa registry show NTUSER.DAT 'Software\\Acme' --json`;

/** Characters of data in one line. */
const shown = 160;

export function show(command: Command): void {
  command
    .description('Shows keys and values as a tree.')
    .argument('<file>', 'the registry, in any form')
    .argument('[key]', "HKLM\\…, or from the hive's root where there is only one hive (default: everything)")
    .option('--depth <levels>', 'how many levels of keys below it (default: all)', wholeNumber(0));
  addRootOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, key: string | undefined, options: ShowOptions) => {
      await withSession(options, async (session) => {
        const opened = await openRegistryFile(session, file, options.root);
        const found = locateKeys(opened, key);
        const { depth = Infinity } = options;
        const document = {
          form: opened.form,
          keys: found.map((one) => ({
            path: pathText(one.root, one.names),
            ...keyReport(one.key, depth),
          })),
          notices: session.notes,
        };
        session.print(document, () =>
          found.flatMap((one) => treeLines(one.key, pathText(one.root, one.names), '', depth)),
        );
      });
    });
}

function treeLines(key: RegistryKey, title: string, indent: string, depth: number): string[] {
  const inner = `${indent}  `;
  const values = [...inOrder(key.values)].map((value) => ({
    name: value.name === '' ? '@' : printable(value.name),
    type: typeName(value.type),
    data: printable(dataText(value, shown)),
  }));
  const width = Math.min(40, longest(values.map(({ name }) => name)));
  const types = longest(values.map(({ type }) => type));
  const hidden = depth > 0 ? 0 : key.keys.size;
  return [
    `${indent}${colors.cyan(printable(title))}${colors.dim(kindText(key))}`,
    ...values.map(
      ({ name, type, data }) => `${inner}${name.padEnd(width)}  ${colors.dim(type.padEnd(types))}  ${data}`,
    ),
    ...(depth > 0
      ? [...inOrder(key.keys)].flatMap((child) => treeLines(child, `${child.name}\\`, inner, depth - 1))
      : []),
    ...(hidden === 0 ? [] : [colors.dim(`${inner}… ${counted(countKeys(key).keys, 'key')} below`)]),
  ];
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

function kindText({ kind, attributes }: RegistryKey): string {
  const words = [
    ...(kind === 'delete-entry' ? ['hides the key below'] : kind === 'opaque' ? ['hides what is below'] : []),
    ...(attributes?.link === true ? ['symbolic link'] : []),
    ...(attributes?.className === undefined ? [] : [`class ${printable(attributes.className)}`]),
  ];
  return words.length === 0 ? '' : `  (${words.join(', ')})`;
}
