/** `vpa layer undo NAME`: goes back one generation. */
import type { Command } from 'commander';
import { findAnyway } from '../../store/layers/find-layer.ts';
import { recoverStore } from '../../store/layers/recover-store.ts';
import { undoLayer } from '../../store/layers/undo-layer.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { recoveredNote } from '../recover.ts';
import { withSession } from '../session.ts';
import { titleLine } from '../report-text.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';
import { assertStore } from '../../store/layers/claim-store.ts';
import { layerReport } from './layer-report.ts';

interface UndoOptions extends CommonOptions, StoreOption {
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
Nothing is copied and nothing is lost: the generation before counts again. The one that was undone is removed
by the next patch, or by vpa layer gc.

Examples:
  $ vpa layer undo notes
  $ vpa layer undo 3 --store /srv/layers`;

export function undo(command: Command): void {
  command
    .description('Goes back to the generation that a layer had before its last patch.')
    .argument('<name>', 'number, id or name of the layer')
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string, options: UndoOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        const { sync: durable } = options;
        assertStore(store);
        const outcome = await recoverStore(store, { durable });
        if (outcome !== null) session.note(recoveredNote(outcome));
        const { number } = findAnyway(store, name);
        const { before, after } = await undoLayer(store, number, { durable, signal: session.signal });
        session.tooLate();
        const { id, name: title, version: to } = after.identity;
        const turned = { id, name: title, from: before?.identity.version ?? '', to };
        const generations = { from: before?.current.number ?? null, to: after.current.number };
        const repair = before?.current.record.made === 'repair';
        if (!before) session.note(wasDamaged);
        const document = {
          status: 'undone',
          ...turned,
          repair,
          store,
          layer: layerReport(after),
          generations,
        };
        const back = before
          ? `went back from generation ${before.current.number} to ${generations.to}`
          : `went back to generation ${generations.to}`;
        session.print({ ...document, notices: session.notes }, () => [
          repair ? `${printable(title || id)}  ${printable(to)}`.trimEnd() : titleLine(turned),
          `  layer ${number} ${back}${repair ? ', as the repair had found it' : ''}`,
        ]);
      });
    });
}

const wasDamaged = {
  code: 'damaged',
  message: 'the generation that counted is damaged: the newest whole one before it counts now',
};
