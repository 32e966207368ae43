/** `vpa layer list`: all layers of a store. */
import type { Command } from 'commander';
import type { PatchError } from '../../errors.ts';
import { assertStore } from '../../store/layers/claim-store.ts';
import { workOf } from '../../store/layers/layout.ts';
import { readCatalogue } from '../../store/layers/stored-layer.ts';
import { isUnfinished } from '../../store/transaction/transaction.ts';
import { lockedBy } from '../../store/transaction/lock.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { type Note, withSession } from '../session.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';
import { table } from '../table.ts';
import { formatSize } from '../units.ts';
import { type LayerReport, layerReport } from './layer-report.ts';

interface ListOptions extends CommonOptions, StoreOption {}

const examples = `
Examples:
  $ vpa layer list
  $ vpa layer list --store /srv/layers --json`;

export function list(command: Command): void {
  command.description('Shows all layers of a store.');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (options: ListOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        assertStore(store);
        const { layers, damaged } = readCatalogue(store);
        const unfinished = unfinishedNote(store);
        if (unfinished) session.note(unfinished);
        for (const { error } of damaged) session.note(damagedNote(error));
        const reports = layers.map(layerReport);
        const broken = damaged.map(({ number, error }) => ({ number, message: error.message }));
        const document = { store, layers: reports, damaged: broken, notices: session.notes };
        session.print(document, () =>
          reports.length === 0
            ? [`${printable(store)}: has no layers`]
            : [printable(store), ...rows(reports)],
        );
      });
    });
}

function rows(reports: readonly LayerReport[]): string[] {
  const titles = ['', 'name', 'version', 'size', 'generations', 'state', 'id'];
  const lines = reports.map(({ number, id, name, version, size, generation, generations, digest }) => [
    String(number),
    printable(name),
    printable(version),
    formatSize(size),
    generations.map((one) => (one === generation ? `[${one}]` : String(one))).join(' '),
    shortDigest(digest),
    printable(id),
  ]);
  return table([titles, ...lines], { right: [0, 3] });
}

/** Enough of it to see which layers are the same. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** What is wrong with a layer that is passed over, and what to do. */
export function damagedNote({ message, help }: PatchError): Note {
  return { code: 'damaged', message: help === undefined ? message : `${message} (${help})` };
}

/** Whoever only looks at a store brings nothing to its end. */
export function unfinishedNote(store: string): Note | null {
  const work = workOf(store);
  if (!isUnfinished(work) || lockedBy(work) !== null) return null;
  return {
    code: 'unfinished',
    message: `an interrupted run is neither finished nor undone: the next one does that, or vpa recover ${store}`,
  };
}
