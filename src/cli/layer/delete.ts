/** `vpa layer delete NAME`: removes a layer. */
import type { Command } from 'commander';
import { assertStore } from '../../store/layers/claim-store.ts';
import { deleteLayer } from '../../store/layers/delete-layer.ts';
import { findAnyway } from '../../store/layers/find-layer.ts';
import { recoverStore } from '../../store/layers/recover-store.ts';
import { askFor } from '../ask.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { recoveredNote } from '../recover.ts';
import { withSession } from '../session.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';

interface DeleteOptions extends CommonOptions, StoreOption {
  readonly yes?: boolean;
  readonly withWritable?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
Without --yes you are asked, where there is a terminal. A layer that a program has open stays, and so does one that its
users have written to, unless --with-writable says that this may go too.

Examples:
  $ vpa layer delete notes
  $ vpa layer delete 3 --yes --with-writable`;

export function deleteCommand(command: Command): void {
  command
    .description('Removes a layer from a store, with all of its generations.')
    .argument('<name>', 'number, id or name of the layer')
    .option('--yes', 'do not ask')
    .option('--with-writable', 'also if users have written something')
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string, options: DeleteOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        const { sync: durable, yes = false, withWritable = false } = options;
        assertStore(store);
        const outcome = await recoverStore(store, { durable });
        if (outcome !== null) session.note(recoveredNote(outcome));
        const found = findAnyway(store, name);
        const also =
          withWritable && found.users.length > 0 ? `, and what ${found.users.join(', ')} wrote` : '';
        if (!yes) await askFor(`Delete ${found.title}${also}?`, { option: '--yes', signal: session.signal });
        await deleteLayer(store, found.number, { durable, withWritable, signal: session.signal });
        session.tooLate();
        const { number, title } = found;
        session.print({ status: 'deleted', store, number, notices: session.notes }, () => [
          `deleted ${printable(title)}`,
        ]);
      });
    });
}
