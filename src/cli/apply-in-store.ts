/** `vpa apply FILE` without a folder: to the layer of a store that the patch is for. */
import { PatchError } from '../errors.ts';
import { assertStore } from '../store/layers/claim-store.ts';
import { findLayer } from '../store/layers/find-layer.ts';
import { findFitting } from '../store/layers/fitting.ts';
import { mismatch } from '../store/layers/mismatch.ts';
import { recoverStore } from '../store/layers/recover-store.ts';
import { type StorePlaceOptions, openStorePlace } from '../store/layers/store-place.ts';
import { type StoredLayer, readCatalogue, titleOf } from '../store/layers/stored-layer.ts';
import { workOf } from '../store/layers/layout.ts';
import { assertSettled } from '../store/work-folder.ts';
import type { ApplyReport } from './apply-report.ts';
import { canAsk, choose } from './ask.ts';
import { layerReport } from './layer/layer-report.ts';
import type { Config } from './load-config.ts';
import { readPatch } from './read-patch.ts';
import { recoveredNote } from './recover.ts';
import { runApply } from './run-apply.ts';
import type { Session } from './session.ts';
import { type StoreOption, storeOf } from './store-option.ts';
import { type TrustOptions, readTrust } from './trust-options.ts';

export interface ApplyInStoreOptions extends StoreOption, TrustOptions {
  readonly layer?: string;
  readonly mode?: 'in-place' | 'new';
  readonly copyWritable?: boolean;
  readonly keep?: number;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly untouched?: 'ignore' | 'check';
  readonly allowDowngrade?: boolean;
  /** False with --no-sync. */
  readonly sync: boolean;
}

export async function applyInStore(
  session: Session,
  file: string,
  config: Config,
  options: ApplyInStoreOptions,
): Promise<ApplyReport> {
  const store = storeOf(options);
  const { dryRun = false, sync: durable, yes = false } = options;
  await settle(session, store, dryRun, durable);
  const found = await findFor(session, store, file, config, options);
  const mode = found.applied
    ? 'in-place'
    : (options.mode ?? (await askMode(session, found.layer, yes || dryRun)));
  let placed = found.layer;
  const placing: StorePlaceOptions = {
    ...{ store, layer: found.layer.number, mode, dryRun, durable },
    allowDowngrade: options.allowDowngrade ?? false,
    copyWritable: options.copyWritable ?? false,
    ...(options.keep !== undefined && { keep: options.keep }),
    onPlaced: (layer) => (placed = layer),
  };
  const place = openStorePlace(placing);
  const done = await runApply(
    session,
    { file, config, dryRun },
    { place, untouched: options.untouched ?? 'ignore', ...readTrust(options) },
  );
  if (mode === 'new' && found.layer.users.length > 0 && placing.copyWritable !== true) {
    session.note({ code: 'no-writable', message: 'what users wrote was not copied (--copy-writable)' });
  }
  const what = `${titleOf(placed)}${mode === 'new' && !dryRun ? ', a new one' : ''}`;
  return { ...done, target: placed.current.directory, place: what, store, mode, layer: layerReport(placed) };
}

async function settle(session: Session, store: string, dryRun: boolean, durable: boolean): Promise<void> {
  assertStore(store);
  if (dryRun) assertSettled(workOf(store));
  const outcome = dryRun ? null : await recoverStore(store, { durable });
  if (outcome !== null) session.note(recoveredNote(outcome));
}

interface Found {
  readonly layer: StoredLayer;
  /** Whether it is what the patch makes already. */
  readonly applied: boolean;
}

/** By what the layers are; the patch is verified first, since nobody else's word is taken for what it is for. */
async function findFor(
  session: Session,
  store: string,
  file: string,
  config: Config,
  options: ApplyInStoreOptions,
): Promise<Found> {
  const plan = await readPatch(session, file, readTrust(options));
  if (options.layer !== undefined) return { layer: findLayer(store, options.layer), applied: false };
  const { layers, damaged } = readCatalogue(store);
  for (const { error } of damaged) session.note({ code: 'damaged', message: error.message });
  const variables = config.rules?.variables ?? {};
  const { base, target } = await findFitting(layers, plan.manifest, variables);
  const [first, ...more] = base;
  if (first === undefined) {
    const [there] = target;
    if (there) return { layer: there, applied: true };
    throw await mismatch({ store, layers, plan, variables, signal: session.signal });
  }
  const layer = more.length === 0 ? first : await askLayer(session, base, options.yes ?? false);
  session.note({ code: 'layer', message: `${titleOf(layer)} is what the patch is for` });
  return { layer, applied: false };
}

async function askLayer(
  session: Session,
  layers: readonly StoredLayer[],
  yes: boolean,
): Promise<StoredLayer> {
  const titles = layers.map(titleOf);
  if (!yes && canAsk()) {
    session.pause();
    const question = 'Several layers are what the patch is for. Which one?';
    const layer = layers[await choose(question, titles, { option: '--layer', signal: session.signal })];
    if (layer) return layer;
  }
  throw new PatchError('E_CONFLICT', `${layers.length} layers are what the patch is for`, {
    help: 'say which one by its number: --layer NUMBER',
    details: titles,
  });
}

async function askMode(session: Session, layer: StoredLayer, isClear: boolean): Promise<'in-place' | 'new'> {
  if (isClear || !canAsk()) return 'in-place';
  session.pause();
  const choices = [`the next generation of ${titleOf(layer)}`, 'a new layer; the old one stays as it is'];
  const answer = await choose('What is the new version to be?', choices, {
    option: '--mode',
    signal: session.signal,
  });
  return answer === 0 ? 'in-place' : 'new';
}
