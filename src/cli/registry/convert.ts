/** `vpa registry convert IN OUT`: the same registry in another form. */
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { PatchError } from '../../errors.ts';
import { type RegistryForm, writeRegistry } from '../../registry/forms/forms.ts';
import { writeWhole } from '../../store/write-whole.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { withSession } from '../session.ts';
import { countRegistry, describe } from './counts.ts';
import { pathText } from './key-argument.ts';
import { openRegistryFile } from './open-registry.ts';
import { type RootOption, addRootOption } from './root-option.ts';

interface ConvertOptions extends CommonOptions, RootOption {
  readonly to?: RegistryForm;
}

const forms: readonly RegistryForm[] = ['regf', 'reg5', 'reg4', 'wine', 'json'];

/** Where --to is not given; .reg is the name of three forms, of which this is the one that can carry everything. */
const byExtension: ReadonlyMap<string, RegistryForm> = new Map([
  ['.reg', 'reg5'],
  ['.json', 'json'],
  ['.dat', 'regf'],
  ['.hiv', 'regf'],
  ['.hive', 'regf'],
]);

const examples = `
regf is a hive file, reg5 and reg4 .reg text (Unicode and ANSI), wine a registry of Wine.

Examples:
  $ vpa registry convert NTUSER.DAT user.reg --root HKCU
  $ vpa registry convert machine.reg SOFTWARE.hiv
  $ vpa registry convert acme.reg system.reg --to wine`;

export function convert(command: Command): void {
  command
    .description('Writes a registry in another form.')
    .argument('<in>', 'the registry, in any form')
    .argument('<out>', 'the file to write; one that is there is replaced')
    .addOption(new Option('--to <form>', 'the form (default: by the extension of the name)').choices(forms));
  addRootOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (from: string, out: string, options: ConvertOptions) => {
      await withSession(options, async (session) => {
        const to = options.to ?? formOf(out);
        const { registry, form, bytes, place } = await openRegistryFile(session, from, options.root);
        const root = options.root ?? (place === null ? undefined : pathText(place.root, place.names));
        // What Wine has in its file beside keys and values has no place elsewhere.
        const previous = form === 'wine' && to === 'wine' ? bytes : undefined;
        const written = writeRegistry(registry, to, previous, root === undefined ? {} : { root });
        await writeWhole(out, [written], session.signal);
        session.tooLate();
        const counts = countRegistry(registry);
        const document = { from: form, to, output: out, ...counts, notices: session.notes };
        session.print(document, () => [`${printable(out)}: ${to} from ${form}, ${describe(counts)}`]);
      });
    });
}

function formOf(path: string): RegistryForm {
  const form = byExtension.get(extname(path).toLowerCase());
  if (form !== undefined) return form;
  throw new PatchError('E_USAGE', `${path}: its name does not say in which form to write it`, {
    entry: path,
    help: `name the form: --to ${forms.join('|')}`,
  });
}
