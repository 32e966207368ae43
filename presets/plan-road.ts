/** plan-road: which patches of a folder lead to a version, on the cheapest road. Reads only. */
import { isDigest } from '../src/bytes.ts';
import { isPatchError } from '../src/errors.ts';
import { remembered } from '../src/layer/layered.ts';
import type { Manifest } from '../src/patch/manifest.ts';
import { type Road, findRoad } from '../src/patch/road.ts';
import { wantedVersion } from '../src/patch/versions.ts';
import { checkBase } from '../src/store/base-check.ts';
import { baseView } from '../src/store/base-view.ts';
import { readHistory } from '../src/store/history.ts';
import { locate } from '../src/store/locate.ts';
import type { Place } from '../src/store/open-place.ts';
import { stateOf } from '../src/store/state-of.ts';
import { type FolderStep, type PatchFolderOptions, openPatchFolder } from './patch-folder.ts';

export interface PlanRoadOptions extends PatchFolderOptions {
  /** A version, a range of semantic versions, or `latest`. */
  readonly version: string;
  readonly place: Place;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface PlannedRoad extends Road<FolderStep> {
  readonly from: Manifest['base'];
  readonly application: Manifest['application'];
}

/**
 * E_INPUT where no road leads there, with the link that is missing; E_BASE_MISMATCH where the target has no version that the patches know. Where only a
 * damaged patch would lead there, the error is its damage.
 */
export async function planRoad(options: PlanRoadOptions): Promise<PlannedRoad> {
  const { place, version, variables = {}, signal } = options;
  const opened = await place.base();
  const layer = remembered(opened);
  const history = readHistory(opened.directory);
  const folder = await openPatchFolder(options);
  const ids = new Set(folder.patches.map(({ manifest }) => manifest.application.id));
  // What the target says of itself is a hint; its content decides.
  const id = [layer.identity.id, history?.last.id].find((one) => one !== undefined && ids.has(one));
  const ofApplication = (all: readonly FolderStep[]): FolderStep[] =>
    all.filter(({ manifest }) => id === undefined || manifest.application.id === id);
  const last = history && (id === undefined || history.last.id === id) ? history.last.digest : null;
  let from: Manifest['base'] | undefined;
  const find = async (whole: readonly FolderStep[]): Promise<PlannedRoad> => {
    const patches = ofApplication(whole);
    from ??= await locate({
      patches,
      hints: [
        ...(isDigest(last) ? [{ digest: last }] : []),
        ...(layer.identity.version === '' ? [] : [{ version: layer.identity.version }]),
      ],
      sideOf: async (step) => {
        const seen = baseView(layer, step.manifest.rules, variables);
        return (await checkBase(await folder.planOf(step), seen.entry, signal)).state;
      },
      wholeDigest: async ({ manifest }) =>
        (await stateOf(layer, manifest.rules, variables, { signal })).digest,
      signal,
    });
    const road = roadTo(version, patches, from);
    await folder.assertWhole(road.steps);
    return road;
  };
  return folder.plan(find, (all) => from === undefined || hasRoad(version, ofApplication(all), from));
}

/** From a state to a version; errors as of `findRoad`. */
export function roadTo(version: string, patches: readonly FolderStep[], from: Manifest['base']): PlannedRoad {
  const known = patches.flatMap(({ manifest }) => [manifest.base.version, manifest.target.version]);
  const road = findRoad(patches, from, wantedVersion(version, known));
  const [some] = road.steps.length > 0 ? road.steps : patches;
  return { ...road, from, application: some?.manifest.application ?? { id: '', name: '' } };
}

export function hasRoad(version: string, patches: readonly FolderStep[], from: Manifest['base']): boolean {
  try {
    return roadTo(version, patches, from).steps.length > 0;
  } catch (error) {
    if (isPatchError(error)) return false;
    throw error;
  }
}
