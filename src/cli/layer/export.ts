/** `vpa layer export NAME OUT`: takes a copy of a layer out of a store. */
import type { Command } from 'commander';
import { assertStore } from '../../store/layers/claim-store.ts';
import { exportDirectory, exportVsa } from '../../store/layers/export-layer.ts';
import { findLayer } from '../../store/layers/find-layer.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { withSession } from '../session.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';
import { counted } from '../units.ts';
import { layerReport, layerText } from './layer-report.ts';

interface ExportOptions extends CommonOptions, StoreOption {
  readonly withWritable?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
Examples:
  $ vpa layer export notes notes-folder
  $ vpa layer export notes notes.vsa
  $ vpa layer export 3 saved.vsa --with-writable`;

export function exportCommand(command: Command): void {
  command
    .description(
      'Takes a copy of a layer out of a store: a layer folder, or a VSA where the name ends in .vsa.',
    )
    .argument('<name>', 'number, id or name of the layer')
    .argument('<out>', 'the new folder, or the .vsa')
    .option('--with-writable', 'also what users wrote')
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string, out: string, options: ExportOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        assertStore(store);
        const layer = findLayer(store, name);
        const { withWritable = false, sync: durable } = options;
        const { signal } = session;
        const form = /\.vsa$/i.test(out) ? 'vsa' : 'folder';
        const write = form === 'vsa' ? exportVsa : exportDirectory;
        const drift = await write(layer, out, { withWritable, durable, signal });
        session.tooLate();
        if (drift.length > 0) {
          session.note({
            code: 'drift',
            message: `${counted(drift.length, 'entry is', 'entries are')} not as the layer was made, first ${drift[0]?.name ?? ''}; vpa layer show ${layer.number} --full lists them`,
          });
        }
        const users = withWritable ? [] : layer.users;
        if (users.length > 0)
          session.note({ code: 'no-writable', message: 'what users wrote was left out (--with-writable)' });
        const report = layerReport(layer);
        session.print({ status: 'exported', form, out, store, layer: report, notices: session.notes }, () => [
          `exported ${layerText(layer)} to ${printable(out)}`,
        ]);
      });
    });
}
