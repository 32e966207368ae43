/** `vpa repair NAME --from SOURCE`: brings a layer of a store back to what its current generation was made as. */
import { statSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { PatchError, isPatchError } from '../errors.ts';
import type { Layer } from '../layer/layer.ts';
import { openLayer } from '../layer/open-layer.ts';
import { noRules } from '../layer/rules.ts';
import { type Compared, asMade } from '../store/layers/as-made.ts';
import { assertStore } from '../store/layers/claim-store.ts';
import { findAnyway, findLayer } from '../store/layers/find-layer.ts';
import { workOf } from '../store/layers/layout.ts';
import { recoverStore } from '../store/layers/recover-store.ts';
import { type Mended, mendRecords } from '../store/layers/mend.ts';
import { sharing } from '../store/layers/sharing.ts';
import { openStorePlace } from '../store/layers/store-place.ts';
import { type StoredLayer, titleOf } from '../store/layers/stored-layer.ts';
import { assertSettled } from '../store/work-folder.ts';
import { guessIdentity } from './guess-identity.ts';
import { layerReport } from './layer/layer-report.ts';
import { recoveredNote } from './recover.ts';
import { type InStore, type RepairReport, repairReport } from './repair-report.ts';
import { type RunRepairOptions, runRepair } from './run-repair.ts';
import type { Note, Session } from './session.ts';
import { type StoreOption, storeOf } from './store-option.ts';

export interface RepairInStoreOptions extends StoreOption, RunRepairOptions {
  readonly from?: string;
  readonly fromRegistry: readonly string[];
  readonly backup?: 'none' | 'keep';
  /** False with --no-sync. */
  readonly sync: boolean;
}

/** Options that a layer in a store has no use for, by their names. */
const forFolders = {
  registry: '--registry',
  exclude: '--exclude',
  preset: '--preset',
  config: '--config',
  patch: '--patch',
  trust: '--trust',
  threshold: '--threshold',
  allowUnsigned: '--allow-unsigned',
  force: '--force',
  allowInUse: '--allow-in-use',
} as const;

type ForFolders = Readonly<Partial<Record<keyof typeof forFolders, unknown>>>;

/** The store whose layer is meant; null for a folder. E_CONFLICT where it may be either, E_INPUT where it is neither, E_USAGE for options that do not fit. */
export function storeFor(what: string, options: StoreOption & ForFolders): string | null {
  const store = storeOf(options);
  if (!isLayer(what, store, options.store !== undefined)) return null;
  const wrong = (Object.keys(forFolders) as (keyof typeof forFolders)[]).find((name) => {
    const given = options[name];
    return Array.isArray(given) ? given.length > 0 : given !== undefined;
  });
  if (wrong === undefined) return store;
  throw new PatchError('E_USAGE', `${forFolders[wrong]} is for a folder, not for a layer of a store`, {
    help: 'leave it out: the store knows what the layer is',
  });
}

function isLayer(what: string, store: string, isNamed: boolean): boolean {
  if (isNamed) return true;
  // Not every separator: names of npm packages have one.
  if (isAbsolute(what) || /^\.\.?([\\/]|$)/.test(what)) return false;
  const folder = statSync(what, { throwIfNoEntry: false }) !== undefined;
  const layer = hasLayer(store, what);
  if (folder && layer) {
    throw new PatchError('E_CONFLICT', `there is a folder ${what}, and a layer ${what} in ${store}`, {
      entry: what,
      help: `say which one is meant: ./${what} for the folder, --store ${store} for the layer`,
    });
  }
  if (folder || layer) return layer;
  throw new PatchError('E_INPUT', `${what}: there is no such folder, and no such layer in ${store}`, {
    entry: what,
    help: 'name a folder, or a layer (vpa layer list)',
  });
}

function hasLayer(store: string, what: string): boolean {
  try {
    assertStore(store);
    findLayer(store, what);
    return true;
  } catch (error) {
    // Several of that name, or a damaged one: that is said when it is looked for again.
    if (isPatchError(error)) return error.code === 'E_CONFLICT';
    throw error;
  }
}

export async function inStore(
  session: Session,
  name: string,
  options: RepairInStoreOptions & { readonly store: string },
): Promise<RepairReport> {
  const { store, dryRun = false, sync: durable, backup = 'keep' } = options;
  assertStore(store);
  if (dryRun) assertSettled(workOf(store));
  const outcome = dryRun ? null : await recoverStore(store, { durable });
  if (outcome !== null) session.note(recoveredNote(outcome));
  const mended = await mend(session, store, name, options);
  const stored = findLayer(store, name);
  const { directory } = stored.current;
  const odd = new Map<string, string>();
  let placed = stored;
  const place = openStorePlace({
    ...{ store, layer: stored.number, dryRun, durable, backup },
    onOdd: ({ path, reason }) => void odd.set(relative(directory, path), reason),
    onPlaced: (layer) => (placed = layer),
  });
  const source =
    options.from === undefined
      ? null
      : await openLayer({ path: options.from, registry: options.fromRegistry });
  let compared: Compared | undefined;
  const onCompared = (one: Compared): void => void (compared = one);
  const from = asMade({ stored, now: () => place.base(), source, onCompared });
  // What it is called does not count: the contents are those that the store asks for.
  const given = { place, from, rules: noRules, force: true };
  let alsoDamaged: InStore['alsoDamaged'] = [];
  const found = await runRepair(session, given, {
    ...options,
    onPlanned({ differences }) {
      const damaged = differences.flatMap((one) => (one.kind === 'changed' && one.name ? [one.name] : []));
      alsoDamaged = sharing(store, stored, damaged).map(({ layer, generation, names }) => ({
        ...{ layer: layer.number, title: titleOf(layer), generation, names },
        current: layer.current.number === generation,
      }));
    },
  });
  const other = source && otherVersion(stored, source);
  // Whatever it is called: what has all of the layer is the layer's version.
  if (other !== null && compared && compared.matching < found.restoration.entries) session.note(other);
  return repairReport(found, {
    ...{
      compared,
      folder: placed.current.directory,
      source: options.from ?? null,
      odd,
      kept: backup === 'keep',
    },
    notices: session.notes,
    inStore: { store, place: titleOf(placed), layer: layerReport(placed), alsoDamaged, mended },
  });
}

/** The records of the layer first: without them, nobody knows what it should be. */
async function mend(
  session: Session,
  store: string,
  name: string,
  { dryRun = false, sync: durable }: RepairInStoreOptions,
): Promise<readonly Mended[]> {
  if (dryRun) return [];
  const { number } = findAnyway(store, name);
  const mended = await mendRecords(store, number, { durable, signal: session.signal });
  const pointer = mended.find(({ record }) => record === 'pointer');
  if (pointer) session.note({ code: 'pointer', message: pointerText(number, pointer.generation) });
  return mended;
}

function pointerText(layer: number, generation: number): string {
  return `nothing said which generation of layer ${layer} counts: now the newest whole one does, ${generation}; was it another one, go back (vpa layer undo ${layer})`;
}

/** What a source says of itself that the layer is not; null where it says nothing else. */
function otherVersion(stored: StoredLayer, source: Layer): Note | null {
  const { id, version } = stored.identity;
  const named = guessIdentity(source);
  // The id of a plain folder is a guess.
  const isOther = source.identity.id !== '' && source.identity.id !== id;
  if (!isOther && (named.version === '' || version === '' || named.version === version)) return null;
  const what = `${named.name} ${named.version}`.trim();
  const message = `the source is ${what}, and not what ${titleOf(stored)} is: only what is the same in both can be mended from it`;
  return { code: 'other-version', message };
}
