/** `vpa create BASE TARGET -o FILE`: makes a patch. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { deploy } from '../../plugins/index.ts';
import { createPatch } from '../../presets/index.ts';
import type { Bytes } from '../bytes.ts';
import { PatchError, fromSystem } from '../errors.ts';
import type { EntryName } from '../layer/name.ts';
import { type CommonOptions, addCommonOptions, instant, wholeNumber } from './common-options.ts';
import { explainPatch, explanationLines } from './explain-patch.ts';
import { patchCosts, readPatch, unchecked } from './read-patch.ts';
import { createLines } from './report-text.ts';
import { patchReport } from './report.ts';
import { withSession } from './session.ts';
import { type SignerOptions, addSignerOptions, readSigners } from './signer-options.ts';
import {
  type VersionOptions,
  addVersionOptions,
  codecOption,
  levelOption,
  openVersions,
} from './version-options.ts';

interface CreateOptions extends CommonOptions, VersionOptions, SignerOptions {
  readonly output: string;
  readonly sequence?: number;
  readonly notAfter?: string;
  readonly description?: string;
  readonly threads?: number;
  readonly explain?: boolean;
}

const examples = `
Examples:
  $ vpa create notes-1.0.0 notes-1.1.0 -o notes-1.1.0.vpa --key acme.pem
  $ vpa create old new -o fix.vpa --base-registry old.reg --target-registry new.reg \\
      --preset windows --exclude 'logs/**' --from 1.0.0 --to 1.0.1
  $ vpa create notes-1.0.0 notes-1.1.0 -o notes-1.1.0.vpa --level max --explain
  $ vpa create old.vsa new.vsa -o fix.vpa --signer 'hsm-sign --slot 1' --signer-key hsm.pub.pem`;

export function create(command: Command): void {
  command
    .description('Makes a patch that leads from one version to another.')
    .requiredOption('-o, --output <file>', 'the patch; a file that is there is replaced');
  addSignerOptions(addVersionOptions(command))
    .addOption(levelOption())
    .addOption(codecOption())
    .option('--sequence <number>', 'number that grows with every patch of the application', wholeNumber(0))
    .option('--not-after <instant>', 'when the patch expires, in UTC: 2030-01-31', instant)
    .option('--description <text>', 'for people: why there is a patch')
    .option('--threads <count>', 'how many threads work (default: all)', wholeNumber(1))
    .option('--explain', 'say of the 20 largest why they take so much of the patch');
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (base: string, target: string, options: CreateOptions) => {
      await withSession(options, async (session) => {
        const { output, sequence, notAfter, description, threads } = options;
        assertWritable(output);
        const { application, ...versions } = await openVersions(session, base, target, options);
        const chain = createPatch(application, {
          ...versions,
          signers: readSigners(options),
          ...(sequence !== undefined && { sequence }),
          ...(notAfter !== undefined && { notAfter }),
          ...(description !== undefined && { description }),
          ...(threads !== undefined && { threads }),
        });
        await session.run([...chain, deploy({ file: output })], (file) => {
          if (file.extname === '.vpa') session.tooLate();
        });
        if (!session.isHeard) return;
        const facts = await readPatch(session, output, unchecked);
        const costs = await patchCosts(session, facts);
        const report = patchReport(facts, costs, session.notes);
        const contentOf = async (name: EntryName): Promise<Bytes | null> =>
          (await versions.target.readOnly.entry(name))?.bytes ?? null;
        const explanations = options.explain === true ? await explainPatch(facts, costs, contentOf) : null;
        session.print({ ...report, ...(explanations && { explanations }), file: output }, () => [
          ...createLines(report, output),
          ...explanationLines(explanations ?? [], report.size),
        ]);
      });
    });
}

/** What would otherwise be found out after all the work. */
function assertWritable(file: string): void {
  const folder = dirname(file);
  try {
    statSync(folder);
  } catch (error) {
    throw fromSystem(error, 'write', folder);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new PatchError('E_USAGE', `${file}: is a folder`, { entry: file, help: 'name a file (-o)' });
  }
}
