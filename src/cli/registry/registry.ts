/** `vpa registry`: looks at registries in any form, and converts, compares and merges them. */
import type { Command } from 'commander';
import { PatchError } from '../../errors.ts';
import { convert } from './convert.ts';
import { diff } from './diff.ts';
import { exportKey } from './export.ts';
import { get } from './get.ts';
import { merge } from './merge.ts';
import { show } from './show.ts';

const examples = `
A registry is a hive file (regf), .reg text of version 5 or 4, a Wine registry, or JSON;
which of them is found out from its content. A hive's logs beside it are used.

Examples:
  $ vpa registry show NTUSER.DAT 'Software\\Acme' --depth 2
  $ vpa registry get system.reg 'HKLM\\Software\\Acme' InstallDir
  $ vpa registry convert SOFTWARE software.reg
  $ vpa registry diff before.reg after.reg -o changes.reg

Run 'vpa registry COMMAND --help' for the options of a command.`;

export function registry(command: Command): void {
  command
    .description('Looks at registries in any form, and converts, compares and merges them.')
    .usage('COMMAND [options]')
    .addHelpText('after', examples);
  show(command.command('show').summary('show keys and values as a tree'));
  get(command.command('get').summary('print the data of one value'));
  exportKey(command.command('export').summary('write a key as .reg text'));
  convert(command.command('convert').summary('write a registry in another form'));
  diff(command.command('diff').summary('show what differs between two registries'));
  merge(command.command('merge').summary("carry a user's changes over to a new base"));
  // With an action, it is up to us what to say of a command that there is not.
  command.allowExcessArguments().action(() => {
    const names = command.commands.map((one) => one.name()).join(', ');
    const unknown = command.args[0];
    throw new PatchError(
      'E_USAGE',
      unknown === undefined ? 'vpa registry needs a command' : `unknown command 'registry ${unknown}'`,
      { help: `there are: ${names}; see: vpa registry --help` },
    );
  });
}
