/** `vpa layer`: the layers that are installed in a store. */
import type { Command } from 'commander';
import { PatchError } from '../../errors.ts';
import { deleteCommand } from './delete.ts';
import { exportCommand } from './export.ts';
import { gc } from './gc.ts';
import { importCommand } from './import.ts';
import { list } from './list.ts';
import { show } from './show.ts';
import { undo } from './undo.ts';

const examples = `
A store has numbered layers; each has the generations of its read-only sublayer, of which one counts, and
what its users wrote. vpa apply without --to finds the layer that a patch is for.
NAME is the number, the id, or the name of a layer.

Examples:
  $ vpa layer import /opt/notes --as com.acme.notes
  $ vpa layer list
  $ vpa apply notes-1.1.0.vpa --trust acme.pub.pem
  $ vpa layer undo notes

Run 'vpa layer COMMAND --help' for the options of a command.`;

export function layer(command: Command): void {
  command
    .description('Looks at and changes the layers that are installed in a store.')
    .usage('COMMAND [options]')
    .addHelpText('after', examples);
  importCommand(command.command('import').summary('bring an application, a layer folder or a VSA in'));
  list(command.command('list').summary('show all layers'));
  show(command.command('show').summary('show one layer and its generations'));
  exportCommand(command.command('export').summary('take a copy out, as a folder or a VSA'));
  undo(command.command('undo').summary('go back one generation'));
  gc(command.command('gc').summary('remove generations that nothing needs any more'));
  deleteCommand(command.command('delete').summary('remove a layer'));
  // With an action, it is up to us what to say of a command that there is not.
  command.allowExcessArguments().action(() => {
    const names = command.commands.map((one) => one.name()).join(', ');
    const unknown = command.args[0];
    throw new PatchError(
      'E_USAGE',
      unknown === undefined ? 'vpa layer needs a command' : `unknown command 'layer ${unknown}'`,
      { help: `there are: ${names}; see: vpa layer --help` },
    );
  });
}
