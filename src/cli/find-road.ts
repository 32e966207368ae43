/** Which layer of a store the patches of a folder bring to a version, and on which road. */
import { type FolderStep, type PlannedRoad, hasRoad, openPatchFolder, roadTo } from '../../presets/index.ts';
import { PatchError, isPatchError } from '../errors.ts';
import { findLayer } from '../store/layers/find-layer.ts';
import { mismatch } from '../store/layers/mismatch.ts';
import { type Standing, findStanding } from '../store/layers/standing.ts';
import { type StoredLayer, titleOf } from '../store/layers/stored-layer.ts';
import type { Plan } from '../stream/plan.ts';
import { onIgnored } from './apply-several.ts';
import { type FindLayersOptions, type FoundLayer, askLayer, readLayers } from './find-layers.ts';
import type { Config } from './load-config.ts';
import type { Session } from './session.ts';
import { readTrust } from './trust-options.ts';
import { counted } from './units.ts';

export interface FindRoadOptions extends FindLayersOptions {
  /** The folder with the patches. */
  readonly patches: string;
  readonly version: string;
}

type Led = Standing & { readonly road: PlannedRoad };

/** The layer is found by its state, unless it is named. E_INPUT where no road leads to the version, E_BASE_MISMATCH where no layer is at a version that the patches know. */
export async function findRoadInStore(
  session: Session,
  store: string,
  config: Config,
  options: FindRoadOptions,
): Promise<FoundLayer> {
  const { signal } = session;
  const { patches: path, version, yes = false } = options;
  const variables = config.rules?.variables ?? {};
  const layers = options.layer === undefined ? readLayers(session, store) : [findLayer(store, options.layer)];
  const folder = await openPatchFolder({
    ...{ ...readTrust(options), patches: path, signal, onIgnored: onIgnored(session) },
  });
  const known = await findStanding(layers, folder.patches, variables);
  const find = async (patches: readonly FolderStep[]): Promise<Led> => {
    if (known.length === 0) {
      const plans: Plan[] = [];
      for (const step of likely(patches, layers)) plans.push(await folder.planOf(step));
      throw await mismatch({ store, layers, plans, variables, signal });
    }
    const { led, rest } = roadsFrom(known, patches, version);
    const open = led.filter(({ road }) => road.steps.length > 0);
    const [one, ...more] = open.length > 0 ? open : led.slice(0, 1);
    if (!one) throw noRoad(version, rest);
    const layer =
      more.length === 0
        ? one.layer
        : await askLayer(session, layersOf(open), `the patches of ${path} are`, yes);
    const chosen = open.find((other) => other.layer === layer) ?? one;
    await folder.assertWhole(chosen.road.steps);
    return chosen;
  };
  const { layer, road } = await folder.plan(find, (all) =>
    known.some(({ state, id }) => hasRoad(version, ofApplication(all, id), state)),
  );
  const files = road.steps.map(({ label }) => label);
  if (options.layer === undefined && files.length > 0) {
    const way = `${counted(files.length, 'patch leads', 'patches lead')} from there to ${road.to.version}`;
    session.note({ code: 'layer', message: `${titleOf(layer)} is found: ${way}` });
  }
  return { layer, files, applied: files.length === 0, road };
}

interface NotLed {
  readonly layer: StoredLayer;
  readonly error: PatchError;
}

/** The road from each of the layers; none (`steps`) where it is at the version already. */
function roadsFrom(
  known: readonly Standing[],
  patches: readonly FolderStep[],
  version: string,
): { readonly led: readonly Led[]; readonly rest: readonly NotLed[] } {
  const [led, rest]: [Led[], NotLed[]] = [[], []];
  for (const standing of known) {
    try {
      const road = roadTo(version, ofApplication(patches, standing.id), standing.state);
      led.push({ ...standing, road });
    } catch (error) {
      if (!isPatchError(error)) throw error;
      rest.push({ layer: standing.layer, error });
    }
  }
  return { led, rest };
}

/** What is missing, for each of the layers. */
function noRoad(version: string, rest: readonly NotLed[]): PatchError {
  const text = ({ layer, error: { message } }: NotLed): string => `${titleOf(layer)}: ${message}`;
  const [first, ...more] = rest;
  const help = first?.error.help ?? 'get the patch that is missing';
  if (first && more.length === 0)
    return new PatchError(first.error.code, text(first), { entry: String(first.layer.number), help });
  const code = rest.every(({ error }) => error.code === 'E_USAGE') ? 'E_USAGE' : 'E_INPUT';
  const details = rest.map(text);
  return new PatchError(code, `no road leads to ${version} from any of the layers`, { help, details });
}

/** Those of the layers' applications, where there are such. */
function likely(patches: readonly FolderStep[], layers: readonly StoredLayer[]): readonly FolderStep[] {
  const ids = new Set(layers.map(({ identity }) => identity.id));
  const found = patches.filter(({ manifest }) => ids.has(manifest.application.id));
  return found.length > 0 ? found : patches;
}

function ofApplication(patches: readonly FolderStep[], id: string): FolderStep[] {
  return patches.filter(({ manifest }) => manifest.application.id === id);
}

function layersOf(led: readonly Led[]): StoredLayer[] {
  return led.map(({ layer }) => layer);
}
