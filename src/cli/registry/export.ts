/** `vpa registry export FILE [KEY]`: .reg text of version 5. */
import type { Command } from 'commander';
import { formatReg } from '../../registry/text/format-reg.ts';
import { foldName, type RegistryKey } from '../../registry/hive.ts';
import { emptyKey, keyWith } from '../../registry/key.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable, printableLines } from '../printable.ts';
import { withSession } from '../session.ts';
import { writeWhole } from '../../store/write-whole.ts';
import { countAll, describe } from './counts.ts';
import { type LocatedKey, locateKeys } from './key-argument.ts';
import { openRegistryFile } from './open-registry.ts';
import { type RootOption, addRootOption } from './root-option.ts';

interface ExportOptions extends CommonOptions, RootOption {
  readonly output?: string;
}

const examples = `
The file is UTF-16, as regedit writes and reads it; on stdout the text is UTF-8.

Examples:
  $ vpa registry export NTUSER.DAT 'Software\\Acme' -o acme.reg
  $ vpa registry export system.reg | grep -i acme`;

export function exportKey(command: Command): void {
  command
    .description('Writes a key, with all that is in it, as .reg text of version 5.')
    .argument('<file>', 'the registry, in any form')
    .argument('[key]', "HKLM\\…, or from the hive's root where there is only one hive (default: everything)")
    .option('-o, --output <file>', 'the .reg file (default: to stdout)');
  addRootOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (file: string, key: string | undefined, options: ExportOptions) => {
      await withSession(options, async (session) => {
        const opened = await openRegistryFile(session, file, options.root);
        const found = locateKeys(opened, key);
        const bytes = formatReg(new Map(found.map((one) => [one.root, alone(one)])));
        const { output } = options;
        if (output !== undefined) await writeWhole(output, [bytes], session.signal);
        session.tooLate();
        const counts = countAll(found);
        const text = (): string =>
          Buffer.from(bytes.subarray(2)).toString('utf16le').replaceAll('\r\n', '\n');
        const whole = output === undefined ? { text: text() } : {};
        const document = { output: output ?? null, ...counts, ...whole, notices: session.notes };
        session.print(document, () => {
          if (output !== undefined) return [`${printable(output)}: ${describe(counts)}`];
          // Into a file or a program it goes as it is.
          return [(process.stdout.isTTY ? printableLines(text()) : text()).trimEnd()];
        });
      });
    });
}

/** The key with nothing of what stands beside it on its way from the root. */
function alone({ names, key }: LocatedKey): RegistryKey {
  let hive = names.length === 0 ? keyWith(key, { name: '' }) : key;
  for (let at = names.length - 1; at >= 0; at--) {
    const name = at === 0 ? '' : (names[at - 1] ?? '');
    hive = { ...emptyKey(name), keys: new Map([[foldName(hive.name), hive]]) };
  }
  return hive;
}
