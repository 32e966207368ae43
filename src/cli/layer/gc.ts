/** `vpa layer gc`: removes generations that nothing needs any more. */
import type { Command } from 'commander';
import { type Collected, collectGarbage } from '../../store/layers/collect.ts';
import { findAnyway } from '../../store/layers/find-layer.ts';
import { assertStore } from '../../store/layers/claim-store.ts';
import { type CommonOptions, addCommonOptions, wholeNumber } from '../common-options.ts';
import { printable } from '../printable.ts';
import { recoveredNote } from '../recover.ts';
import { withSession } from '../session.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';
import { counted, formatSize } from '../units.ts';
import { damagedNote } from './list.ts';
import { layerText } from './layer-report.ts';

interface GcOptions extends CommonOptions, StoreOption {
  readonly keep: number;
  readonly dryRun?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

const examples = `
The current generation of a layer always stays, and one that a program has open (as far as the system tells).

Examples:
  $ vpa layer gc
  $ vpa layer gc notes --keep 1
  $ vpa layer gc --dry-run`;

export function gc(command: Command): void {
  command
    .description('Removes generations that nothing needs any more, of one layer or of all.')
    .argument('[name]', 'number, id or name of the layer (default: all)')
    .option('--keep <count>', 'generations of a layer that stay, the current one counted', wholeNumber(1), 2)
    .option('--no-sync', 'do not wait for the disk: a power failure may leave anything')
    .option('--dry-run', 'only tell what would be removed');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string | undefined, options: GcOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        assertStore(store);
        const { keep, dryRun = false, sync: durable } = options;
        const collected = await collectGarbage(store, {
          ...{ keep, dryRun, durable, signal: session.signal },
          ...(name !== undefined && { layers: [findAnyway(store, name).number] }),
          onDamaged: (error) => session.note(damagedNote(error)),
          onRecovered: (outcome) => session.note(recoveredNote(outcome)),
        });
        session.tooLate();
        for (const one of collected) {
          const [use] = one.inUse;
          if (use) session.note({ code: 'in-use', message: inUseText(one, use) });
        }
        const freed = collected.reduce((sum, one) => sum + one.freed, 0);
        const layers = collected.map(({ layer, removed, inUse, freed: size }) => {
          return { number: layer.number, removed, inUse, freed: size };
        });
        const status = dryRun ? 'dry-run' : 'collected';
        session.print({ status, store, freed, layers, notices: session.notes }, () =>
          lines(collected, freed, dryRun),
        );
      });
    });
}

function lines(collected: readonly Collected[], freed: number, dryRun: boolean): string[] {
  const [verb, gives] = dryRun ? ['would remove', 'would give'] : ['removed', 'gives'];
  const told = collected.filter(({ removed }) => removed.length > 0);
  if (told.length === 0) return ['there is nothing to remove'];
  return [
    ...told.map(
      ({ layer, removed }) =>
        `${verb} ${removed.length === 1 ? 'generation' : 'generations'} ${removed.join(', ')} of ${layerText(layer)}`,
    ),
    `that ${gives} ${formatSize(freed)} back`,
  ];
}

function inUseText(
  { layer, inUse }: Collected,
  { program, process: id }: Collected['inUse'][number],
): string {
  const generations = [...new Set(inUse.map(({ generation }) => generation))];
  return `${counted(generations.length, 'generation')} of ${layerText(layer)} stayed: in use by ${printable(program)} (process ${id})`;
}
