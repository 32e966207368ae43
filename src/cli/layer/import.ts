/** `vpa layer import DIR|VSA`: brings a layer into a store. */
import type { Command } from 'commander';
import { statSync } from 'node:fs';
import { fromSystem, PatchError } from '../../errors.ts';
import { openDirectory } from '../../layer/directory-layer.ts';
import { openVsa } from '../../layer/vsa.ts';
import { importLayer } from '../../store/layers/import-layer.ts';
import type { Importable } from '../../store/layers/layer-tree.ts';
import { readCatalogue } from '../../store/layers/stored-layer.ts';
import { type CommonOptions, addCommonOptions, many } from '../common-options.ts';
import { guessIdentity } from '../guess-identity.ts';
import { printable } from '../printable.ts';
import { recoveredNote } from '../recover.ts';
import { withSession } from '../session.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';
import { counted, formatSize } from '../units.ts';
import { layerReport, layerText } from './layer-report.ts';

interface ImportOptions extends CommonOptions, StoreOption {
  readonly name?: string;
  readonly as?: string;
  readonly asVersion?: string;
  readonly registry: readonly string[];
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
What is brought in is copied; the original is not needed any more. What users wrote in a layer folder or a VSA comes along.

Examples:
  $ vpa layer import /opt/notes --as com.acme.notes
  $ vpa layer import notes-1.0.0 --registry notes.reg --name 'Acme Notes'
  $ vpa layer import notes.vsa --store /srv/layers`;

export function importCommand(command: Command): void {
  command
    .description('Brings an application folder, a layer folder or a VSA into a store, as a new layer.')
    .argument('<source>', 'application folder, layer folder or .vsa')
    .option('--name <name>', 'what the layer is called in the store (default: as it calls itself)')
    .option('--as <id>', 'id of the application (default: from layer.json, package.json or the folder)')
    .option('--as-version <version>', 'its version (default: likewise)')
    .addOption(many('--registry <file>', 'registry file (.reg text, hive, Wine) of an application folder'))
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (source: string, options: ImportOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        const opened = await open(source, options.registry);
        const guessed = guessIdentity(opened);
        let done = 0;
        const made = await importLayer(store, opened, {
          identity: {
            id: options.as ?? guessed.id,
            name: options.name ?? guessed.name,
            version: options.asVersion ?? guessed.version,
          },
          durable: options.sync,
          signal: session.signal,
          onRecovered: (outcome) => session.note(recoveredNote(outcome)),
          onEntry: (label) =>
            session.progress({ stage: 'import', done: ++done, total: null, unit: 'entries', label }),
        });
        session.tooLate();
        const twin = readCatalogue(store).layers.find(
          ({ number, current }) =>
            number !== made.number && current.record.digest === made.current.record.digest,
        );
        if (twin) session.note({ code: 'same-state', message: `${layerText(twin)} is the same state` });
        const report = layerReport(made);
        const { entries, size, users } = report;
        session.print({ status: 'imported', store, layer: report, notices: session.notes }, () => [
          `imported as ${layerText(made)}: ${counted(entries, 'entry', 'entries')}, ${formatSize(size)}`,
          ...(users.length === 0 ? [] : [`with what was written by ${printable(users.join(', '))}`]),
        ]);
      });
    });
}

async function open(path: string, registry: readonly string[]): Promise<Importable> {
  let isFile = false;
  try {
    isFile = statSync(path).isFile();
  } catch (error) {
    throw fromSystem(error, 'read', path);
  }
  if (!isFile) return openDirectory(path, registry);
  if (registry.length === 0) return openVsa(path);
  throw new PatchError('E_USAGE', `${path}: is an archive, which has its registry inside`, {
    entry: path,
    help: 'leave --registry out',
  });
}
