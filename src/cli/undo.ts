/** `vpa undo DIR`: goes back to what was there before the last patch. */
import type { Command } from 'commander';
import { undoDirectory } from '../store/undo.ts';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { printable } from './printable.ts';
import { titleLine } from './report-text.ts';
import { withSession } from './session.ts';

interface UndoOptions extends CommonOptions {
  readonly allowInUse?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
A backup is there if the patch was applied with --backup keep. Nothing is undone where something that the patch has
brought was changed since.

Examples:
  $ vpa apply notes-1.1.0.vpa --to /opt/notes --trust acme.pub.pem --backup keep
  $ vpa undo /opt/notes`;

export function undo(command: Command): void {
  command
    .description('Goes back to what was there before the last patch: all of it, or nothing.')
    .argument('<folder>', 'application folder or layer folder')
    .option('--allow-in-use', 'also replace files that programs have open')
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (folder: string, { sync, allowInUse = false, ...options }: UndoOptions) => {
      await withSession(options, async (session) => {
        const { signal } = session;
        const patch = await undoDirectory(folder, { durable: sync, allowInUse, signal });
        session.tooLate();
        const turned = { id: patch.id, name: patch.name, from: patch.to, to: patch.from };
        const repair = patch.repair === true;
        const document = { status: 'undone', ...turned, repair, target: folder, notices: session.notes };
        session.print(document, () =>
          repair
            ? [
                `${printable(turned.name)}  ${printable(turned.to)}`.trimEnd(),
                `  repair undone in ${printable(folder)}`,
              ]
            : [titleLine(turned), `  undone in ${printable(folder)}`],
        );
      });
    });
}
