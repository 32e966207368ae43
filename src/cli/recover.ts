/** `vpa recover DIR`: finishes or undoes what an interrupted run has left, and does nothing else. */
import type { Command } from 'commander';
import { recoverDirectory } from '../store/recover-directory.ts';
import { statusOf } from '../store/status.ts';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { printable } from './printable.ts';
import { type Note, withSession } from './session.ts';

interface RecoverOptions extends CommonOptions {
  readonly force?: boolean;
}

const examples = `
A run that was killed, or that a power failure has ended, leaves either nothing that a user sees, or something
that the next run brings to its end by itself: this command does the same without a patch.

Examples:
  $ vpa recover /opt/notes
  $ vpa recover /opt/notes --force`;

export function recover(command: Command): void {
  command
    .description('Finishes or undoes what an interrupted run has left in a folder.')
    .argument('<folder>', 'application folder or layer folder, or the new folder that was to be made')
    .option('--force', 'also if the run was on another machine or in another container; it must be gone');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (folder: string, options: RecoverOptions) => {
      await withSession(options, async (session) => {
        const { recovery, state } = statusOf(folder);
        const outcome = await recoverDirectory(folder, { force: options.force ?? false });
        const status = outcome ?? (state === 'clean' ? 'clean' : 'cleaned');
        const document = { status, folder, patch: recovery?.patch ?? null, notices: session.notes };
        session.print(document, () => [`${printable(folder)}: ${said[status]}`]);
      });
    });
}

const said = {
  clean: 'there was nothing to do',
  cleaned: 'removed what an interrupted run had left; it had changed nothing yet, or was done',
  finished: 'finished what an interrupted run had begun',
  undone: 'undid what an interrupted run had begun',
};

/** For a command that did the same on its way. */
export function recoveredNote(outcome: 'finished' | 'undone'): Note {
  return { code: 'recovered', message: `${said[outcome]} in this folder` };
}
