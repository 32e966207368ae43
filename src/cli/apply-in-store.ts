/** `vpa apply FILE…` without a folder: to the layers of a store that the patches are for, all or nothing. */
import { PatchError } from '../errors.ts';
import { assertStore } from '../store/layers/claim-store.ts';
import { workOf } from '../store/layers/layout.ts';
import { recoverStore } from '../store/layers/recover-store.ts';
import { openStorePlace } from '../store/layers/store-place.ts';
import { type StoreTransaction, inOneTransaction } from '../store/layers/store-transaction.ts';
import { type StoredLayer, titleOf } from '../store/layers/stored-layer.ts';
import { assertSettled } from '../store/work-folder.ts';
import { labelled } from '../stream/read-plan.ts';
import type { ApplyReport, LayersReport } from './apply-report.ts';
import { applySeveral, nothingToApply } from './apply-several.ts';
import { canAsk, choose } from './ask.ts';
import { type FindLayersOptions, type FoundLayer, findLayers } from './find-layers.ts';
import { findRoadInStore } from './find-road.ts';
import { layerReport } from './layer/layer-report.ts';
import type { Config } from './load-config.ts';
import { recoveredNote } from './recover.ts';
import { type Applied, runApply } from './run-apply.ts';
import type { Note, Session } from './session.ts';
import { type StoreOption, storeOf } from './store-option.ts';
import { readTrust } from './trust-options.ts';

export interface ApplyInStoreOptions extends StoreOption, FindLayersOptions {
  /** A folder with patches, of which those are taken that lead to the version. */
  readonly patches?: string;
  readonly toVersion?: string;
  readonly mode?: 'in-place' | 'new';
  readonly copyWritable?: boolean;
  readonly keep?: number;
  readonly dryRun?: boolean;
  readonly untouched?: 'ignore' | 'check';
  readonly allowDowngrade?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

export async function applyInStore(
  session: Session,
  files: readonly string[],
  config: Config,
  options: ApplyInStoreOptions,
): Promise<ApplyReport | LayersReport> {
  const store = storeOf(options);
  const { dryRun = false, sync: durable } = options;
  await settle(session, store, dryRun, durable);
  const { patches, toVersion: version = 'latest' } = options;
  const found =
    patches === undefined
      ? await findLayers(session, store, files, config, options)
      : [await findRoadInStore(session, store, config, { ...options, patches, version })];
  const mode = await modeFor(session, found, options);
  const running = { store, config, options, mode };
  const applyAll = async (transaction?: StoreTransaction): Promise<Made[]> => {
    const made: Made[] = [];
    // One behind the other: what one links looks changed to another that has looked at it before.
    for (const one of found) {
      try {
        made.push(await applyTo(session, one, { ...running, transaction }, made.length));
      } catch (error) {
        throw found.length === 1 ? error : labelled(error, one.files.join(', '));
      }
    }
    return made;
  };
  const { signal } = session;
  const made = dryRun ? await applyAll() : await inOneTransaction(store, { durable, signal }, applyAll);
  session.tooLate();
  const reports = made.map((one) => reportOf(one, store, dryRun));
  const [only, ...more] = reports;
  return only && more.length === 0 ? only : { ...together(reports, session), store, mode };
}

async function settle(session: Session, store: string, dryRun: boolean, durable: boolean): Promise<void> {
  assertStore(store);
  if (dryRun) assertSettled(workOf(store));
  const outcome = dryRun ? null : await recoverStore(store, { durable });
  if (outcome !== null) session.note(recoveredNote(outcome));
}

async function modeFor(
  session: Session,
  found: readonly FoundLayer[],
  { mode: given, yes = false, dryRun = false, copyWritable = false }: ApplyInStoreOptions,
): Promise<'in-place' | 'new'> {
  const open = found.filter(({ applied }) => !applied);
  const isClear = yes || dryRun || open.length === 0 || !canAsk();
  const mode = given ?? (isClear ? 'in-place' : await askMode(session, open));
  if (mode === 'new' || !copyWritable) return mode;
  throw nothingToCopy();
}

export function nothingToCopy(): PatchError {
  return new PatchError('E_USAGE', 'what users wrote stays with its layer: there is nothing to copy', {
    help: 'leave --copy-writable out, or make a new layer (--mode new)',
  });
}

/** Whoever makes a new layer, and leaves it to the default. */
export function notCopied(place: string): Note {
  return { code: 'no-writable', message: `what users wrote in ${place} is not copied (--copy-writable)` };
}

async function askMode(session: Session, found: readonly FoundLayer[]): Promise<'in-place' | 'new'> {
  session.pause();
  const titles = found.map(({ layer }) => titleOf(layer)).join(', ');
  const isOne = found.length === 1;
  const choices = [
    `the next generation of ${titles}`,
    isOne ? 'a new layer; the old one stays as it is' : 'new layers; the old ones stay as they are',
  ];
  const question = isOne ? 'What is the new version to be?' : 'What are the new versions to be?';
  const answer = await choose(question, choices, { option: '--mode', signal: session.signal });
  return answer === 0 ? 'in-place' : 'new';
}

interface Running {
  readonly store: string;
  readonly config: Config;
  readonly options: ApplyInStoreOptions;
  readonly mode: 'in-place' | 'new';
  readonly transaction: StoreTransaction | undefined;
}

interface Made {
  readonly done: Applied;
  readonly mode: 'in-place' | 'new';
  /** Which layer has the new version, when the transaction is carried out. */
  readonly placed: () => StoredLayer;
}

async function applyTo(
  session: Session,
  { layer, files, applied, road }: FoundLayer,
  { store, config, options, mode: wanted, transaction }: Running,
  before: number,
): Promise<Made> {
  const { dryRun = false, copyWritable = false, allowDowngrade = false, keep } = options;
  const mode = applied ? 'in-place' : wanted;
  if (road && files.length === 0) return { done: nothingToApply(session, road), mode, placed: () => layer };
  let placed = layer;
  const place = openStorePlace({
    ...{ store, layer: layer.number, mode, dryRun, allowDowngrade, copyWritable, transaction },
    ...(keep !== undefined && { keep }),
    onPlaced: (one) => (placed = one),
  });
  const given = { place, untouched: options.untouched ?? 'ignore', ...readTrust(options) };
  const running = { config, dryRun };
  const one: Session = {
    ...session,
    // Not before all of it is done.
    tooLate: () => undefined,
    run: async (chain, onFile, silent = []) =>
      session.run(chain, onFile, before === 0 ? silent : [...silent, 'untrusted']),
  };
  const [file = '', ...more] = files;
  const done =
    more.length === 0 && !road
      ? await runApply(one, { ...running, file }, given)
      : await applySeveral(one, { ...running, files, options: given });
  if (mode === 'new' && layer.users.length > 0 && !copyWritable) session.note(notCopied(titleOf(layer)));
  return { done, mode, placed: () => placed };
}

function reportOf({ done, mode, placed: now }: Made, store: string, dryRun: boolean): ApplyReport {
  const placed = now();
  const place = `${titleOf(placed)}${mode === 'new' && !dryRun ? ', a new one' : ''}`;
  return { ...done, target: placed.current.directory, place, store, mode, layer: layerReport(placed) };
}

function together(
  reports: readonly ApplyReport[],
  { notes }: Session,
): Pick<LayersReport, 'status' | 'layers' | 'notices'> {
  const changed = reports.find(({ status }) => status !== 'already-applied');
  const layers = reports.map((report) => ({ ...report, notices: [] }));
  return { status: changed?.status ?? 'already-applied', layers, notices: notes };
}
