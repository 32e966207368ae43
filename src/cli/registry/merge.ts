/** `vpa registry merge BASE THEIRS OURS -o OUT`: carries a user's changes over to a new base. */
import { type Command, Option } from 'commander';
import { PatchError } from '../../errors.ts';
import type { Side } from '../../registry/merge/conflict.ts';
import { mergeRegistries } from '../../registry/merge/hives.ts';
import { writeWhole } from '../../store/write-whole.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { withSession } from '../session.ts';
import { counted } from '../units.ts';
import { conflictLine, conflictReport } from './conflict-report.ts';
import { countRegistry, describe } from './counts.ts';
import { openRegistryFile, writeLike } from './open-registry.ts';
import { type RootOption, addRootOption } from './root-option.ts';

interface MergeOptions extends CommonOptions, RootOption {
  readonly output: string;
  readonly prefer?: Side;
}

const examples = `
What one side changed of BASE is in the result; lists (REG_MULTI_SZ) are merged by their
elements. Where both changed the same thing differently, nothing is written, and the
conflicts are listed (exit status 7), unless --prefer says whose version to take.
The result has the form of OURS.

Examples:
  $ vpa registry merge base.reg new.reg user.reg -o merged.reg
  $ vpa registry merge base.reg new.reg user.reg -o merged.reg --prefer ours --json`;

export function merge(command: Command): void {
  command
    .description("Merges a user's registry with a new base, over the old base of both.")
    .argument('<base>', 'the old base')
    .argument('<theirs>', 'the new base')
    .argument('<ours>', "the user's registry")
    .requiredOption('-o, --output <file>', 'the result; a file that is there is replaced')
    .addOption(
      new Option('--prefer <side>', 'whose version to take where both differ').choices(['ours', 'theirs']),
    );
  addRootOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (base: string, theirs: string, ours: string, options: MergeOptions) => {
      await withSession(options, async (session) => {
        const { output, prefer, root } = options;
        const old = await openRegistryFile(session, base, root);
        const their = await openRegistryFile(session, theirs, root);
        const our = await openRegistryFile(session, ours, root);
        const { merged, conflicts } = mergeRegistries(old.registry, their.registry, our.registry, {
          ...(prefer && { prefer }),
        });
        const lines = conflicts.map(conflictLine);
        if (conflicts.length > 0 && prefer === undefined) {
          throw new PatchError(
            'E_CONFLICT',
            `${counted(conflicts.length, 'conflict')}; nothing was written`,
            {
              entry: output,
              help: 'say whose version to take: --prefer ours, or --prefer theirs',
              details: lines,
            },
          );
        }
        await writeWhole(output, [writeLike(merged, our)], session.signal);
        session.tooLate();
        const counts = countRegistry(merged);
        const document = {
          output,
          form: our.form,
          prefer: prefer ?? null,
          ...counts,
          conflicts: conflicts.map(conflictReport),
          notices: session.notes,
        };
        session.print(document, () => [
          `${printable(output)}: ${describe(counts)}`,
          ...(lines.length === 0
            ? []
            : [`${counted(lines.length, 'conflict')}, decided for ${prefer ?? 'ours'}:`]),
          ...lines.map((line) => `  ${line}`),
        ]);
      });
    });
}
