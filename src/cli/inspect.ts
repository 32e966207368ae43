/** `vpa inspect FILE`: shows what a patch changes. */
import type { Command } from 'commander';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { readPatch, unchecked } from './read-patch.ts';
import { patchObjects } from './registry/patch-objects.ts';
import { inspectLines } from './report-text.ts';
import { patchReport } from './report.ts';
import { withSession } from './session.ts';
import { objectAndShortcutLines, patchShortcuts } from './shortcuts.ts';

interface InspectOptions extends CommonOptions {
  readonly all?: boolean;
}

const examples = `
Signatures are listed, not verified: see 'vpa verify'.

Examples:
  $ vpa inspect notes-1.1.0.vpa
  $ vpa inspect notes-1.1.0.vpa --all
  $ vpa inspect notes-1.1.0.vpa --json | jq '.changes[] | select(.codec == "whole")'`;

export function inspect(command: Command): void {
  command
    .description('Shows what a patch changes, how large everything is, and who signed it.')
    .argument('<file>', 'the patch')
    .option('--all', 'show every change, not only the largest 50');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, options: InspectOptions) => {
      await withSession(options, async (session) => {
        const facts = await readPatch(session, file, unchecked);
        const report = patchReport(facts, session.notes);
        const objects = [
          ...(await patchObjects(session, file, facts)),
          ...(await patchShortcuts(session, file, facts)),
        ];
        session.print({ ...report, objects }, () => [
          ...inspectLines(report, options.all === true),
          ...objectAndShortcutLines(objects),
        ]);
      });
    });
}
