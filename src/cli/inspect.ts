/** `vpa inspect FILE`: shows what a patch changes. */
import type { Command } from 'commander';
import { type CommonOptions, addCommonOptions } from './common-options.ts';
import { explainPatch, explanationLines } from './explain-patch.ts';
import { patchCosts, readPatch, unchecked } from './read-patch.ts';
import { patchObjects } from './registry/patch-objects.ts';
import { inspectLines } from './report-text.ts';
import { patchReport } from './report.ts';
import { withSession } from './session.ts';
import { objectAndShortcutLines, patchShortcuts } from './shortcuts.ts';

interface InspectOptions extends CommonOptions {
  readonly all?: boolean;
  readonly explain?: boolean;
}

const examples = `
Signatures are listed, not verified: see 'vpa verify'.

Examples:
  $ vpa inspect notes-1.1.0.vpa
  $ vpa inspect notes-1.1.0.vpa --all
  $ vpa inspect notes-1.1.0.vpa --explain
  $ vpa inspect notes-1.1.0.vpa --json | jq '.changes[] | select(.codec == "whole")'`;

export function inspect(command: Command): void {
  command
    .description('Shows what a patch changes, how large everything is, and who signed it.')
    .argument('<file>', 'the patch')
    .option('--all', 'show every change, not only the largest 50')
    .option('--explain', 'say of the 20 largest why they take so much of the patch');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, options: InspectOptions) => {
      await withSession(options, async (session) => {
        const facts = await readPatch(session, file, unchecked);
        const costs = await patchCosts(session, facts);
        const report = patchReport(facts, costs, session.notes);
        const explanations = options.explain === true ? await explainPatch(facts, costs) : null;
        const objects = [
          ...(await patchObjects(session, file, facts)),
          ...(await patchShortcuts(session, file, facts)),
        ];
        session.print({ ...report, objects, ...(explanations && { explanations }) }, () => [
          ...inspectLines(report, options.all === true),
          ...explanationLines(explanations ?? [], report.size),
          ...objectAndShortcutLines(objects),
        ]);
      });
    });
}
