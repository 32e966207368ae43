/** `vpa status DIR`: tells what an apply has left in a folder; only looks. */
import type { Command } from 'commander';
import { type Status, statusOf } from '../store/status.ts';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { printable } from './printable.ts';
import { withSession } from './session.ts';
import { table } from './table.ts';
import { formatSize } from './units.ts';

const examples = `
Which patch was applied last is remembered (in .vpa) for patches with a sequence number, or with a backup.

Examples:
  $ vpa status /opt/notes
  $ vpa status /opt/notes --json`;

export function status(command: Command): void {
  command
    .description('Tells whether a run is at work in a folder, or has left something there.')
    .argument('<folder>', 'application folder or layer folder, or the new folder that was to be made');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (folder: string, options: CommonOptions) => {
      await withSession(options, async (session) => {
        const found = statusOf(folder);
        session.print(found, () => [printable(found.directory), ...table(rows(found))]);
      });
    });
}

function before({ from, repair }: NonNullable<Status['undo']>): string {
  return repair === true ? 'what the repair has replaced' : printable(from);
}

function rows({ state, process: id, recovery, last, undo }: Status): string[][] {
  const versions = ({ from, to }: { from: string; to: string }): string =>
    `${printable(from)} → ${printable(to)}`;
  const said = {
    clean: 'clean',
    busy: `a run is at work (process ${id ?? 0})`,
    unfinished: 'an interrupted run is neither finished nor undone',
    leftovers: 'an interrupted run has left drafts; nothing of the application was changed',
  };
  return [
    ['state', said[state]],
    ...(recovery ? [['recover', `would ${recovery.would} ${versions(recovery.patch)}`]] : []),
    ...(last
      ? [
          [
            'last patch',
            `${printable(last.name || last.id)} ${versions(last)}${last.sequence === undefined ? '' : `, number ${last.sequence}`}`,
          ],
        ]
      : []),
    ...(undo ? [['undo', `back to ${before(undo)} (${formatSize(undo.size)} kept)`]] : []),
  ];
}
