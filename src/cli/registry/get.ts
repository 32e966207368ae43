/** `vpa registry get FILE KEY [NAME]`: the data of one value. */
import type { Command } from 'commander';
import { PatchError } from '../../errors.ts';
import { foldName, type RegistryValue } from '../../registry/hive.ts';
import { decodeData } from '../../registry/objects/data.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { withSession } from '../session.ts';
import { locateKey, pathText } from './key-argument.ts';
import { openRegistryFile } from './open-registry.ts';
import { type RootOption, addRootOption } from './root-option.ts';
import { hex, valueReport } from './value-report.ts';

interface GetOptions extends CommonOptions, RootOption {}

const examples = `
Texts are printed as they are, lists with one element a line, numbers in decimal, all
other data in hexadecimal.

Examples:
  $ vpa registry get SOFTWARE 'Microsoft\\Windows NT\\CurrentVersion' ProductName
  $ vpa registry get machine.reg 'HKLM\\Software\\Acme' Count --json`;

export function get(command: Command): void {
  command
    .description('Prints the data of one value.')
    .argument('<file>', 'the registry, in any form')
    .argument('<key>', "HKLM\\…, or from the hive's root where there is only one hive")
    .argument('[name]', "the value's name (default: the key's default value)", '');
  addRootOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, text: string, name: string, options: GetOptions) => {
      await withSession(options, async (session) => {
        const opened = await openRegistryFile(session, file, options.root);
        const { root, names, key } = locateKey(opened, text);
        const path = pathText(root, names);
        const value = key.values.get(foldName(name));
        if (value === undefined) {
          const what = name === '' ? 'default value' : `value ${JSON.stringify(name)}`;
          throw new PatchError('E_INPUT', `${path}: has no ${what}`, {
            entry: path,
            help: 'vpa registry show lists what there is',
          });
        }
        session.print({ key: path, ...valueReport(value), notices: session.notes }, () => dataLines(value));
      });
    });
}

function dataLines(value: RegistryValue): string[] {
  if (value.type === 'delete-entry') return ['(hides the value below)'];
  const decoded = decodeData(value);
  if (decoded === null) return [hex(value.data)];
  return typeof decoded === 'object' ? decoded.map(printable) : [printable(String(decoded))];
}
