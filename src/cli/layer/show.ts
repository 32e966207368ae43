/** `vpa layer show NAME`: one layer and its generations. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { PatchError } from '../../errors.ts';
import { readHistory } from '../../store/history.ts';
import { assertStore } from '../../store/layers/claim-store.ts';
import { type Drift, driftOf } from '../../store/layers/drift.ts';
import { findLayer } from '../../store/layers/find-layer.ts';
import { isDamage } from '../../store/layers/damaged.ts';
import { type Generation, readGeneration } from '../../store/layers/generation.ts';
import { recordFile } from '../../store/layers/layout.ts';
import type { StoredLayer } from '../../store/layers/stored-layer.ts';
import { type CommonOptions, addCommonOptions } from '../common-options.ts';
import { printable } from '../printable.ts';
import { type Session, withSession } from '../session.ts';
import { type StoreOption, addStoreOption, storeOf } from '../store-option.ts';
import { table } from '../table.ts';
import { counted, formatSize } from '../units.ts';
import { layerReport, layerText } from './layer-report.ts';
import { shortDigest, unfinishedNote } from './list.ts';

interface ShowOptions extends CommonOptions, StoreOption {
  readonly full?: boolean;
}

const examples = `
With --full every file is read and compared with what the generation was made as; the exit status is 6 where
something differs.

Examples:
  $ vpa layer show notes
  $ vpa layer show 3 --full --json`;

interface GenerationReport {
  readonly number: number;
  readonly version: string;
  readonly digest: string;
  readonly size: number;
  /** Where undo leads from there. */
  readonly previous: number | null;
  readonly made: 'import' | 'patch' | 'repair';
  /** When, as the file system says: RFC 3339. */
  readonly time: string;
  /** The patch that made it. */
  readonly patch: { readonly id: string; readonly from: string; readonly to: string } | null;
}

export function show(command: Command): void {
  command
    .description('Shows one layer of a store and its generations.')
    .argument('<name>', 'number, id or name of the layer')
    .option('--full', 'read every file and compare it with what the generation was made as');
  addStoreOption(command);
  addCommonOptions(command)
    .addHelpText('after', examples)
    .action(async (name: string, options: ShowOptions) => {
      await withSession(options, async (session) => {
        const store = storeOf(options);
        assertStore(store);
        const layer = findLayer(store, name);
        const unfinished = unfinishedNote(store);
        if (unfinished) session.note(unfinished);
        const history = generationsOf(session, layer);
        const drift = options.full === true ? await drifted(session, layer) : null;
        const report = { ...layerReport(layer), history, drift };
        session.print({ store, layer: report, notices: session.notes }, () => lines(layer, history, drift));
        if (drift && drift.length > 0) throw differs(layer, drift);
      });
    });
}

/** Reads the whole of the current generation. */
async function drifted(session: Session, { current }: StoredLayer): Promise<Drift[]> {
  let done = 0;
  const total = current.record.entries;
  const onEntry = (label: string): void =>
    session.progress({ stage: 'compare', done: ++done, total, unit: 'entries', label });
  return driftOf(current, { signal: session.signal, onEntry });
}

function generationsOf(session: Session, { folder, generations }: StoredLayer): GenerationReport[] {
  return generations.flatMap((number) => {
    const generation = knownGeneration(session, folder, number);
    if (!generation) return [];
    const { description, directory, record } = readGeneration(folder, number);
    const { digest, size, previous, made } = record;
    const last = made === 'patch' ? readHistory(directory)?.last : undefined;
    return {
      ...{ number, version: description.version, digest, size, previous, made },
      time: statSync(join(directory, recordFile)).mtime.toISOString(),
      patch: last ? { id: last.id, from: last.from, to: last.to } : null,
    };
  });
}

/** Null for one that is damaged, which is noted. */
function knownGeneration(session: Session, folder: string, number: number): Generation | null {
  try {
    return readGeneration(folder, number);
  } catch (error) {
    if (!isDamage(error)) throw error;
    session.note({ code: 'damaged', message: `${error.message} (it is not the one that counts)` });
    return null;
  }
}

function lines(
  layer: StoredLayer,
  history: readonly GenerationReport[],
  drift: readonly Drift[] | null,
): string[] {
  const { id, digest, entries, size, users, path, generation } = layerReport(layer);
  const { previous } = layer.current.record;
  const rows = [
    ['id', printable(id)],
    ['state', digest],
    ['size', `${counted(entries, 'entry', 'entries')}, ${formatSize(size)}`],
    ['folder', printable(path)],
    ['written by', users.length === 0 ? 'nobody' : printable(users.join(', '))],
    ...(drift === null ? [] : [['compared', drift.length === 0 ? 'all as it was made' : differing(drift)]]),
  ];
  const generations = history.map((one) => [
    one.number === generation ? '→' : one.number === previous ? '↶' : '',
    String(one.number),
    one.version === '' ? '(no version)' : printable(one.version),
    formatSize(one.size),
    originText(one),
    one.time.slice(0, 16).replace('T', ' '),
    shortDigest(one.digest),
  ]);
  return [
    layerText(layer),
    ...table(rows),
    '',
    'generations (→ the one that counts, ↶ where undo leads)',
    ...table(generations, { right: [1, 3] }),
    ...(drift ?? []).slice(0, shown).map(({ name, what }) => `  ${what.padEnd(8)}${printable(name)}`),
  ];
}

function originText({ made, patch, previous }: GenerationReport): string {
  const of = previous === null ? '' : `, of generation ${previous}`;
  if (made === 'repair') return `repair${of}`;
  return patch ? `patch from ${printable(patch.from)}${of}` : 'brought in';
}

/** How many differences are shown. */
const shown = 50;

function differing(drift: readonly Drift[]): string {
  return `${counted(drift.length, 'entry differs', 'entries differ')} from what it was made as`;
}

function differs(layer: StoredLayer, drift: readonly Drift[]): PatchError {
  return new PatchError('E_BASE_MISMATCH', `${layerText(layer)}: ${differing(drift)}`, {
    entry: drift[0]?.name ?? '',
    help: `somebody has written into the store; repair it (vpa repair ${layer.number} --from VERSION), or go back (vpa layer undo)`,
  });
}
